/** Messages up to this size share memory. */
const SHARED_BYTES = 16 * 1024;
const BLOCK_BYTES = 256 * 1024;

/** Where bytes have been given a place. */
export interface Place {
  readonly memory: Buffer;
  readonly start: number;
}

/**
 * Gives messages their place: large ones memory of their own, small ones stand one after the other in blocks, so that many
 * of them cost little and can be written at once. A block lives as long as any of its messages, so what is kept for as
 * long should share one.
 */
export class MessageMemory {
  #block: Buffer = Buffer.alloc(0);
  #used = 0;

  /** Room for `size` bytes, with anything in it. */
  take(size: number): Place {
    if (size > SHARED_BYTES) return { memory: Buffer.allocUnsafeSlow(size), start: 0 };
    if (this.#used + size > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += size;
    return { memory: this.#block, start };
  }
}
