/** Messages up to this size share blocks of memory. */
const SHARED_BYTES = 16 * 1024;
const BLOCK_BYTES = 256 * 1024;

/** A piece of memory in which a message can be stored. */
export interface Allocation {
  readonly memory: Buffer;
  readonly start: number;
}

/**
 * Allocates memory for messages: separate memory for large messages, and adjacent places in shared blocks for small
 * ones, so that many small messages take little time and can be sent in one write. A block lives as long as any of its
 * messages, so messages with different retention should use different arenas.
 */
export class MessageArena {
  #block: Buffer = Buffer.alloc(0);
  #used = 0;

  /** Allocates `size` bytes, which are not initialised. */
  allocate(size: number): Allocation {
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
