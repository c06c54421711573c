import { channelIdOf, logTimeOf } from "./message-header.ts";
import type { RecordBlock } from "./record-block.ts";
import type { McapStatistics } from "./records.ts";

/** Counts the records of a file, for files without statistics. */
export class FileCounts {
  readonly #messages = new Map<number, { count: number }>();
  readonly #schemas = new Set<number>();
  readonly #channels = new Set<number>();
  #attachments = 0;
  #metadata = 0;
  #chunks = 0;
  #total = 0;
  #start: bigint | undefined;
  #end = 0n;

  /** Counts the message of a block. */
  addMessage(block: RecordBlock): void {
    const channelId = channelIdOf(block);
    this.#total++;
    const messages = this.#messages.get(channelId);
    if (messages === undefined) this.#messages.set(channelId, { count: 1 });
    else messages.count++;
    const logTime = logTimeOf(block);
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
      messageCount: BigInt(this.#total),
      schemaCount: this.#schemas.size,
      channelCount: this.#channels.size,
      attachmentCount: this.#attachments,
      metadataCount: this.#metadata,
      chunkCount: this.#chunks,
      messageStartTime: this.#start ?? 0n,
      messageEndTime: this.#end,
      channelMessageCounts: new Map(Array.from(this.#messages, ([id, { count }]) => [id, BigInt(count)])),
    };
  }
}
