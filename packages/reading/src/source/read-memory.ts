/** Reads below this size get separate memory, which costs little. */
const MIN_BYTES = 64 * 1024;
/** The number of kept pieces. */
const MAX_FREE = 8;

/**
 * Memory for large reads, which is used again: new memory for gigabytes keeps the garbage collector busy. What is not
 * in use may be collected, so a reader that does not read has none.
 */
export class ReadMemory {
  readonly #free: WeakRef<ArrayBufferLike>[] = [];

  /** Memory of this length with any contents. */
  take(length: number): Uint8Array {
    if (length < MIN_BYTES) return new Uint8Array(length);
    for (let index = this.#free.length - 1; index >= 0; index--) {
      const memory = this.#free[index]?.deref();
      if (memory !== undefined && memory.byteLength < length) continue;
      this.#free.splice(index, 1);
      if (memory !== undefined) return new Uint8Array(memory, 0, length);
    }
    // Reads of about the same length then fit into the same memory.
    return new Uint8Array(2 ** Math.ceil(Math.log2(length))).subarray(0, length);
  }

  /** Takes memory back, which must not be used any more. */
  giveBack(bytes: Uint8Array): void {
    if (bytes.byteLength < MIN_BYTES) return;
    if (this.#free.length === MAX_FREE) this.#free.shift();
    this.#free.push(new WeakRef(bytes.buffer));
  }
}
