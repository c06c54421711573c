import { wrongCount } from "../../checks/invalid-value-error.ts";

/** The largest 32-bit offset of Arrow. */
const MAX_OFFSET = 2147483647;
/** Room for a few elements. */
const ROOM = 8;

/** The ends of the elements of a list or string array as Arrow's offsets: a 0, then the end of each element. */
export class Offsets {
  #values = new Int32Array(ROOM);
  #length = 0;

  /** The number of elements. */
  get length(): number {
    return this.#length;
  }

  get byteLength(): number {
    return this.#length * 4;
  }

  /** The offsets: one more than there are elements. They are in the memory of this object, which `clear` may keep. */
  get values(): Int32Array {
    return this.#values.subarray(0, this.#length + 1);
  }

  /** Adds the end of an element. @throws {InvalidValueError} above 2^31 - 1 */
  push(end: number): void {
    this.#reserve(1, end);
    this.#values[++this.#length] = end;
  }

  /** Adds the ends of elements with the same number of items each. @throws {InvalidValueError} above 2^31 - 1 */
  pushMany(count: number, items: number): void {
    const before = this.#length;
    const start = this.end(before - 1);
    this.#reserve(count, start + count * items);
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

  /**
   * Removes all elements. Gives up much of the memory if less than an eighth of it was used.
   *
   * @param isShared whether others have the `values`, and keep the memory. Default `false`
   */
  clear(isShared = false): void {
    if (isShared || this.#length < this.#values.length >> 3) this.#values = new Int32Array(this.#length + ROOM);
    this.#length = 0;
  }

  /** The offsets of a range of elements, beginning with 0. Valid until the next change. */
  slice(from: number, to: number): Uint8Array {
    const base = this.end(from - 1);
    const all = this.#values.subarray(from, to + 1);
    const { buffer, byteOffset, byteLength } = base === 0 ? all : all.map((offset) => offset - base);
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  #reserve(count: number, end: number): void {
    if (end > MAX_OFFSET) throw wrongCount("shorter than 2^31 elements", `${end} elements`);
    const length = this.#length + count;
    if (length < this.#values.length) return;
    const values = new Int32Array(length * 2);
    values.set(this.#values);
    this.#values = values;
  }
}
