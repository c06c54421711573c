/** How many buffers are kept for reuse, and how large they may be. */
const MAX_BUFFERS = 4;
const MAX_BYTES = 64 * 1024 * 1024;

/** Memory that messages are written into, used again where no sink keeps it. */
export class BufferPool {
  readonly #free: ArrayBuffer[] = [];

  /** Memory of at least `size` bytes, with anything in it. */
  take(size: number): Uint8Array<ArrayBuffer> {
    const index = this.#free.findIndex((buffer) => buffer.byteLength >= size && buffer.byteLength <= size * 4 + 65536);
    const buffer = index < 0 ? new ArrayBuffer(size + (size >> 3)) : (this.#free.splice(index, 1)[0] as ArrayBuffer);
    return new Uint8Array(buffer);
  }

  /** Takes memory back that nobody looks at any more. */
  give(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.buffer.byteLength > MAX_BYTES) return;
    if (this.#free.length === MAX_BUFFERS) this.#free.shift();
    this.#free.push(bytes.buffer);
  }
}
