/** A list of numbers of 32 bits, which grows in place. */
export class GrowingWords {
  #view = new DataView(new ArrayBuffer(1024));
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (4 * this.#length === this.#view.byteLength) {
      const larger = new Uint8Array(2 * this.#view.byteLength);
      larger.set(new Uint8Array(this.#view.buffer));
      this.#view = new DataView(larger.buffer);
    }
    this.#view.setUint32(4 * this.#length++, value >>> 0);
  }

  /** The number at a position. */
  at(index: number): number {
    return this.#view.getUint32(4 * index);
  }

  /** Replaces the number at a position. */
  set(index: number, value: number): void {
    this.#view.setUint32(4 * index, value >>> 0);
  }

  /** The numbers as the bytes of a table: the highest byte first. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer, 0, 4 * this.#length);
  }
}
