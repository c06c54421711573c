/** The maximum number of pooled buffers. */
const MAX_BUFFERS = 32;
/** The maximum total size of the pooled buffers. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Fewer bytes are copied into memory of their size. */
const MIN_COPIED_BYTES = 64 * 1024;

/** A pool of buffers for messages, so that logging in a loop allocates no new memory for each chunk. */
export class BufferPool {
  readonly #free: ArrayBuffer[] = [];
  #freeBytes = 0;

  /** Takes a buffer of at least `size` bytes, with undefined content, or allocates one. */
  take(size: number): Uint8Array<ArrayBuffer> {
    // The buffer that was returned last is the most likely one to be in the processor's cache.
    for (let index = this.#free.length - 1; index >= 0; index--) {
      const { byteLength } = this.#free[index] as ArrayBuffer;
      if (byteLength >= size && byteLength <= size * 4 + 65536) return new Uint8Array(this.#remove(index));
    }
    return new Uint8Array(size + (size >> 3));
  }

  /** Copies bytes, into a buffer of the pool unless that would waste much of it. */
  copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    if (bytes.byteLength < MIN_COPIED_BYTES) return bytes.slice();
    const target = this.take(bytes.byteLength);
    target.set(bytes);
    return target.subarray(0, bytes.byteLength);
  }

  /**
   * Returns a buffer to the pool. No other code may still read it. Above the limits the oldest buffers are released.
   */
  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    const { byteLength } = buffer;
    // A buffer that was transferred to another thread is empty here.
    if (byteLength === 0 || byteLength > MAX_BYTES) return;
    this.#free.push(buffer);
    this.#freeBytes += byteLength;
    while (this.#free.length > MAX_BUFFERS || this.#freeBytes > MAX_BYTES) this.#remove(0);
  }

  #remove(index: number): ArrayBuffer {
    const [buffer] = this.#free.splice(index, 1) as [ArrayBuffer];
    this.#freeBytes -= buffer.byteLength;
    return buffer;
  }
}
