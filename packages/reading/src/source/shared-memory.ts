/** Memory that threads share, and that is used again. */
export class SharedMemory {
  readonly #free: Uint8Array<SharedArrayBuffer>[] = [];
  readonly #lent = new Set<ArrayBufferLike>();

  /** Memory of this size, with undefined content. */
  allocate(size: number): Uint8Array {
    const index = this.#free.findIndex(({ byteLength }) => byteLength >= size);
    const [found] = index < 0 ? [] : this.#free.splice(index, 1);
    // If all are too small, one of them is replaced.
    if (found === undefined) this.#free.pop();
    // A little more, because the next bytes are hardly of the same size.
    const memory = found ?? new Uint8Array(new SharedArrayBuffer(size + (size >> 2)));
    this.#lent.add(memory.buffer);
    return memory.subarray(0, size);
  }

  /** Uses memory again. Does nothing for other memory. */
  release({ buffer }: Uint8Array): void {
    if (this.#lent.delete(buffer)) this.#free.push(new Uint8Array(buffer as SharedArrayBuffer));
  }
}
