import { channelIdOf, logTimeAt } from "./message-header.ts";
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
  // The halves of times, because a bigint for each message would take longer than the rest.
  #startHigh = Infinity;
  #startLow = 0;
  #endHigh = 0;
  #endLow = 0;

  /** Counts the message of a block. */
  addMessage(block: RecordBlock): void {
    const channelId = channelIdOf(block);
    this.#total++;
    const messages = this.#messages.get(channelId);
    if (messages === undefined) this.#messages.set(channelId, { count: 1 });
    else messages.count++;
    const { view } = block;
    const at = logTimeAt(block);
    const low = view.getUint32(at, true);
    const high = view.getUint32(at + 4, true);
    if (high < this.#startHigh || (high === this.#startHigh && low < this.#startLow)) {
      this.#startHigh = high;
      this.#startLow = low;
    }
    if (high > this.#endHigh || (high === this.#endHigh && low > this.#endLow)) {
      this.#endHigh = high;
      this.#endLow = low;
    }
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
      messageStartTime: this.#total === 0 ? 0n : joined(this.#startHigh, this.#startLow),
      messageEndTime: joined(this.#endHigh, this.#endLow),
      channelMessageCounts: new Map(Array.from(this.#messages, ([id, { count }]) => [id, BigInt(count)])),
    };
  }
}

function joined(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}
