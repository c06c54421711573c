import type { McapMessage, McapStatistics } from "./records.ts";

/** Counts the records of a file, for files without statistics. */
export class FileCounts {
  readonly #messages = new Map<number, bigint>();
  readonly #schemas = new Set<number>();
  readonly #channels = new Set<number>();
  #attachments = 0;
  #metadata = 0;
  #chunks = 0;
  #total = 0n;
  #start: bigint | undefined;
  #end = 0n;

  addMessage({ channelId, logTime }: McapMessage): void {
    this.#total++;
    this.#messages.set(channelId, (this.#messages.get(channelId) ?? 0n) + 1n);
    if (this.#start === undefined || logTime < this.#start) this.#start = logTime;
    if (logTime > this.#end) this.#end = logTime;
  }

  addSchema(id: number): void {
    this.#schemas.add(id);
  }

  addChannel(id: number): void {
    this.#channels.add(id);
  }

  addAttachment(): void {
    this.#attachments++;
  }

  addMetadata(): void {
    this.#metadata++;
  }

  addChunk(): void {
    this.#chunks++;
  }

  /** The counts, as a summary has them. */
  get statistics(): McapStatistics {
    return {
      messageCount: this.#total,
      schemaCount: this.#schemas.size,
      channelCount: this.#channels.size,
      attachmentCount: this.#attachments,
      metadataCount: this.#metadata,
      chunkCount: this.#chunks,
      messageStartTime: this.#start ?? 0n,
      messageEndTime: this.#end,
      channelMessageCounts: this.#messages,
    };
  }
}
