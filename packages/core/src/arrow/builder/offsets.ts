import { GrowableBytes } from "./growable-bytes.ts";

/** Where each element of a list or text ends; the first begins at 0. */
export class Offsets {
  readonly #ends: GrowableBytes = new GrowableBytes();

  get length(): number {
    return this.#ends.length >> 2;
  }

  get byteLength(): number {
    return this.#ends.length;
  }

  push(end: number): void {
    this.#ends.pushInt32(end);
  }

  /** Adds the ends of elements of length 1, to no others. */
  pushUnits(count: number): void {
    const ends = this.#ends;
    ends.reserve(count * 4);
    const { view } = ends;
    for (let index = 0; index < count; index++) view.setInt32(index * 4, index + 1, true);
    ends.length = count * 4;
  }

  /** Where the element at `index` ends; 0 for -1. */
  end(index: number): number {
    return index < 0 ? 0 : this.#ends.view.getInt32(index * 4, true);
  }

  truncate(length: number): void {
    this.#ends.length = length * 4;
  }

  clear(): void {
    this.#ends.clear();
  }

  /** Arrow's offsets of these elements: one more than there are, beginning with 0. */
  slice(from: number, to: number): Uint8Array {
    const offsets = new Int32Array(to - from + 1);
    const ends = this.#ends.bytes;
    const base = this.end(from - 1);
    const source = new Int32Array(ends.buffer, ends.byteOffset + from * 4, to - from);
    if (base === 0) offsets.set(source, 1);
    else for (let index = 0; index < source.length; index++) offsets[index + 1] = (source[index] as number) - base;
    return new Uint8Array(offsets.buffer);
  }
}
