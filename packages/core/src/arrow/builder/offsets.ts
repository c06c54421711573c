import { wrongCount } from "../../checks/invalid-value-error.ts";

/** The largest 32-bit offset of Arrow. */
const MAX_OFFSET = 2147483647;
const MIN_CAPACITY = 16;

/** The ends of the elements of a list or string array as Arrow's offsets: a 0, then the end of each element. */
export class Offsets {
  #values = new Int32Array(MIN_CAPACITY);
  #length = 0;

  /** The number of elements. */
  get length(): number {
    return this.#length;
  }

  get byteLength(): number {
    return this.#length * 4;
  }

  /** The offsets: one more than there are elements. They are in the memory of this object until `release`. */
  get values(): Int32Array {
    return this.#values.subarray(0, this.#length + 1);
  }

  /** Adds the end of an element. @throws {InvalidValueError} above 2^31 - 1 */
  push(end: number): void {
    checkEnd(end);
    if (this.#length + 1 === this.#values.length) this.#grow(1);
    this.#values[++this.#length] = end;
  }

  /** Adds the ends of elements with the same number of items each. @throws {InvalidValueError} above 2^31 - 1 */
  pushMany(count: number, items: number): void {
    const before = this.#length;
    const start = this.#values[before] as number;
    checkEnd(start + count * items);
    if (before + count >= this.#values.length) this.#grow(count);
    const values = this.#values;
    for (let index = 1; index <= count; index++) values[before + index] = start + index * items;
    this.#length += count;
  }

  /** The end of the element at `index`, or 0 for -1. */
  end(index: number): number {
    return this.#values[index + 1] as number;
  }

  truncate(length: number): void {
    this.#length = length;
  }

  /** Removes all elements. Halves the memory if less than an eighth of it was used. */
  clear(): void {
    const { length } = this.#values;
    if (length > MIN_CAPACITY && this.#length < length >> 3) this.#values = new Int32Array(length >> 1);
    this.#length = 0;
  }

  /** Removes all elements, and leaves the memory to those who have the `values`. */
  release(): void {
    this.#values = new Int32Array(Math.max(MIN_CAPACITY, this.#length + 1));
    this.#length = 0;
  }

  /** The offsets of a range of elements, beginning with 0. Valid until the next change. */
  slice(from: number, to: number): Uint8Array {
    const offsets = this.#values.subarray(from, to + 1);
    const base = this.end(from - 1);
    const own = base === 0 ? offsets : offsets.map((offset) => offset - base);
    return new Uint8Array(own.buffer, own.byteOffset, own.byteLength);
  }

  #grow(count: number): void {
    const values = new Int32Array(Math.max(this.#values.length * 2, this.#length + count + 1));
    values.set(this.#values);
    this.#values = values;
  }
}

function checkEnd(end: number): void {
  if (end > MAX_OFFSET) throw wrongCount("shorter than 2^31 elements", `${end} elements`);
}
