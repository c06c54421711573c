import { GrowableBytes } from "./growable-bytes.ts";

/** Where each element of a list or text ends, kept as Arrow's offsets: one more than there are, beginning with 0. */
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

  push(end: number): void {
    this.#offsets.pushInt32(end);
  }

  /** Adds the ends of elements of length 1, to no others. */
  pushUnits(count: number): void {
    this.#offsets.reserve(count * 4);
    const ends = new Int32Array(this.#offsets.bytes.buffer, 4, count);
    for (let index = 0; index < count; index++) ends[index] = index + 1;
    this.#offsets.length += count * 4;
  }

  /** Where the element at `index` ends; 0 for -1. */
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

  /** Arrow's offsets of these elements; valid until the next change. */
  slice(from: number, to: number): Uint8Array {
    const bytes = this.#offsets.bytes.subarray(from * 4, to * 4 + 4);
    const base = this.end(from - 1);
    if (base === 0) return bytes;
    const offsets = new Int32Array(bytes.buffer, bytes.byteOffset, to - from + 1);
    return new Uint8Array(offsets.map((offset) => offset - base).buffer);
  }
}
