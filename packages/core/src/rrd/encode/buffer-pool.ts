/** How many buffers are kept for reuse, and how large they may be together. */
const MAX_BUFFERS = 8;
const MAX_BYTES = 64 * 1024 * 1024;

/** Memory that messages are written into, used again where no sink keeps it. */
export class BufferPool {
  readonly #free: ArrayBuffer[] = [];
  #freeBytes = 0;

  /** Memory of at least `size` bytes, with anything in it. */
  take(size: number): Uint8Array<ArrayBuffer> {
    // What was given last is most likely still in the processor's cache.
    for (let index = this.#free.length - 1; index >= 0; index--) {
      const { byteLength } = this.#free[index] as ArrayBuffer;
      if (byteLength >= size && byteLength <= size * 4 + 65536) return new Uint8Array(this.#remove(index));
    }
    return new Uint8Array(size + (size >> 3));
  }

  /** Takes memory back that nobody looks at any more. */
  give(bytes: Uint8Array<ArrayBuffer>): void {
    // What went to another thread is empty here.
    if (bytes.buffer.byteLength === 0 || bytes.buffer.byteLength > MAX_BYTES) return;
    this.#free.push(bytes.buffer);
    this.#freeBytes += bytes.buffer.byteLength;
    while (this.#free.length > MAX_BUFFERS || this.#freeBytes > MAX_BYTES) this.#remove(0);
  }

  #remove(index: number): ArrayBuffer {
    const [buffer] = this.#free.splice(index, 1) as [ArrayBuffer];
    this.#freeBytes -= buffer.byteLength;
    return buffer;
  }
}
