import type { ChunkBuilder } from "./chunk-builder.ts";

/** The memory that empty builders of all entities keep for their next rows, together. */
const MAX_IDLE_BYTES = 16 * 1024 * 1024;
/** The memory of smaller builders is not counted: they are limited by their number. */
const MIN_COUNTED_BYTES = 8192;

/**
 * Limits the memory that builders keep after their rows were sent. Rows of an entity usually have similar sizes, so
 * this memory saves allocations. With many entities the builders that have been empty for the longest time release it.
 */
export class IdleMemory {
  /** The bytes of builders by the time at which their rows were sent. */
  readonly #bytes = new Map<ChunkBuilder, number>();
  #total = 0;

  /** Notes that a builder has sent rows with this many bytes. */
  onSent(builder: ChunkBuilder, bytes: number): void {
    const before = this.#bytes.get(builder);
    if (before === undefined && bytes < MIN_COUNTED_BYTES) return;
    // A builder halves memory of which it used little.
    const kept = Math.max(bytes, (before ?? 0) >> 1);
    this.#bytes.delete(builder);
    this.#total += kept - (before ?? 0);
    if (kept >= MIN_COUNTED_BYTES) this.#bytes.set(builder, kept);
    else this.#total -= kept;
    if (this.#total > MAX_IDLE_BYTES) this.#release();
  }

  #release(): void {
    for (const [builder, bytes] of this.#bytes) {
      if (this.#total <= MAX_IDLE_BYTES) return;
      if (builder.rows > 0 || builder.isWriting || builder.isEmitting) continue;
      builder.releaseMemory();
      this.#bytes.delete(builder);
      this.#total -= bytes;
    }
  }
}
