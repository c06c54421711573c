import { ReadBudget } from "../read-budget.ts";

const decoder = /* @__PURE__ */ new TextDecoder();

/**
 * A table of a flatbuffer, read in place; an absent field has its default. All tables of a buffer share one budget, because
 * a malformed buffer may contain one table many times. Reading beyond the end, or more than the buffer's size allows,
 * throws `RangeError`. Source: the flatbuffers binary format, flatbuffers.dev/internals.
 */
export class FlatBufferTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #budget: ReadBudget;

  private constructor(view: DataView, at: number, budget: ReadBudget) {
    budget.spend();
    this.#view = view;
    this.#at = at;
    this.#budget = budget;
  }

  /** The root table of a buffer. */
  static root(view: DataView): FlatBufferTable {
    return new FlatBufferTable(view, view.getUint32(0, true), new ReadBudget(view.byteLength));
  }

  /** Whether a field is present. */
  has(slot: number): boolean {
    return this.#positionOf(slot) !== 0;
  }

  /** An unsigned number of 8 bits. */
  uint8(slot: number): number {
    const at = this.#positionOf(slot);
    return at === 0 ? 0 : this.#view.getUint8(at);
  }

  /** A signed number of 16 bits. */
  int16(slot: number): number {
    const at = this.#positionOf(slot);
    return at === 0 ? 0 : this.#view.getInt16(at, true);
  }

  /** A signed number of 32 bits. */
  int32(slot: number): number {
    const at = this.#positionOf(slot);
    return at === 0 ? 0 : this.#view.getInt32(at, true);
  }

  /** A signed number of 64 bits, rounded above 2^53. */
  int64(slot: number): number {
    const at = this.#positionOf(slot);
    return at === 0 ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  /** A string; the empty one if it is absent. */
  text(slot: number): string {
    const { at, count } = this.#vector(slot, 1);
    return decoder.decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, count));
  }

  /** Another table. */
  table(slot: number): FlatBufferTable | undefined {
    const at = this.#positionOf(slot);
    return at === 0 ? undefined : this.#tableAt(at);
  }

  /** A vector of tables. */
  tables(slot: number): FlatBufferTable[] {
    const { at, count } = this.#vector(slot, 4);
    return Array.from({ length: count }, (_, index) => this.#tableAt(at + index * 4));
  }

  /** A vector of signed numbers of 32 bits. */
  int32s(slot: number): number[] {
    const { at, count } = this.#vector(slot, 4);
    return Array.from({ length: count }, (_, index) => this.#view.getInt32(at + index * 4, true));
  }

  /** A vector of signed numbers of 64 bits, rounded above 2^53. */
  int64s(slot: number): number[] {
    const { at, count } = this.#vector(slot, 8);
    return Array.from({ length: count }, (_, index) => Number(this.#view.getBigInt64(at + index * 8, true)));
  }

  /** A vector of pairs of signed numbers of 64 bits, rounded above 2^53. */
  int64Pairs(slot: number): [first: number, second: number][] {
    const { at, count } = this.#vector(slot, 16);
    const read = (position: number): number => Number(this.#view.getBigInt64(position, true));
    return Array.from({ length: count }, (_, index) => [read(at + index * 16), read(at + index * 16 + 8)]);
  }

  /** The position of a field, or 0 if it is absent. */
  #positionOf(slot: number): number {
    const vtable = this.#at - this.#view.getInt32(this.#at, true);
    const entry = 4 + slot * 2;
    const offset = entry < this.#view.getUint16(vtable, true) ? this.#view.getUint16(vtable + entry, true) : 0;
    return offset === 0 ? 0 : this.#at + offset;
  }

  #tableAt(at: number): FlatBufferTable {
    return new FlatBufferTable(this.#view, at + this.#view.getUint32(at, true), this.#budget);
  }

  /** Where the items of a vector begin, and how many there are, each of `size` bytes. */
  #vector(slot: number, size: number): { readonly at: number; readonly count: number } {
    const position = this.#positionOf(slot);
    if (position === 0) return { at: 0, count: 0 };
    const at = position + this.#view.getUint32(position, true);
    const count = this.#view.getUint32(at, true);
    if (at + 4 + count * size > this.#view.byteLength) throw new RangeError(`a vector has ${count} items`);
    this.#budget.spend(count * size);
    return { at: at + 4, count };
  }
}
