import { wrongCount } from "../../checks/invalid-value-error.ts";
import { GrowableBytes } from "./growable-bytes.ts";

/** The largest 32-bit offset of Arrow. */
const MAX_OFFSET = 2147483647;

/** The ends of the elements of a list or string array as Arrow's offsets: a 0, then the end of each element. */
export class Offsets {
  readonly #offsets: GrowableBytes = new GrowableBytes();

  constructor() {
    this.#offsets.pushInt32(0);
  }

  get length(): number {
    return (this.#offsets.length >> 2) - 1;
  }

  get byteLength(): number {
    return this.#offsets.length - 4;
  }

  /** Adds the end of an element. @throws {InvalidValueError} above 2^31 - 1 */
  push(end: number): void {
    if (end > MAX_OFFSET) throw wrongCount("shorter than 2^31 elements", `${end} elements`);
    this.#offsets.pushInt32(end);
  }

  /** Adds the ends of `count` elements of length 1. There must be no elements yet. */
  pushUnits(count: number): void {
    this.#offsets.reserve(count * 4);
    const ends = new Int32Array(this.#offsets.bytes.buffer, 4, count);
    for (let index = 0; index < count; index++) ends[index] = index + 1;
    this.#offsets.length += count * 4;
  }

  /** The end of the element at `index`, or 0 for -1. */
  end(index: number): number {
    return this.#offsets.view.getInt32(index * 4 + 4, true);
  }

  truncate(length: number): void {
    this.#offsets.length = length * 4 + 4;
  }

  clear(): void {
    this.#offsets.clear();
    this.#offsets.pushInt32(0);
  }

  /** The offsets of a range of elements, beginning with 0. Valid until the next change. */
  slice(from: number, to: number): Uint8Array {
    const bytes = this.#offsets.bytes.subarray(from * 4, to * 4 + 4);
    const base = this.end(from - 1);
    if (base === 0) return bytes;
    const offsets = new Int32Array(bytes.buffer, bytes.byteOffset, to - from + 1);
    return new Uint8Array(offsets.map((offset) => offset - base).buffer);
  }
}
