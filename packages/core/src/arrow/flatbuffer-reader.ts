const decoder = /* @__PURE__ */ new TextDecoder();

/**
 * A table of a flatbuffer, read in place; a field that is absent has its default. Reading beyond the end throws
 * `RangeError`. Source: the flatbuffers binary format, flatbuffers.dev/internals.
 */
export class FlatBufferTable {
  readonly #view: DataView;
  readonly #at: number;

  private constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
  }

  /** The root table of a buffer. */
  static root(view: DataView): FlatBufferTable {
    return new FlatBufferTable(view, view.getUint32(0, true));
  }

  /** Whether a field is there. */
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

  /** A text; the empty one if there is none. */
  text(slot: number): string {
    const { at, count } = this.#vector(slot);
    return decoder.decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, count));
  }

  /** Another table. */
  table(slot: number): FlatBufferTable | undefined {
    const at = this.#positionOf(slot);
    return at === 0 ? undefined : this.#tableAt(at);
  }

  /** A vector of tables. */
  tables(slot: number): FlatBufferTable[] {
    const { at, count } = this.#vector(slot);
    return Array.from({ length: count }, (_, index) => this.#tableAt(at + index * 4));
  }

  /** A vector of signed numbers of 32 bits. */
  int32s(slot: number): number[] {
    const { at, count } = this.#vector(slot);
    return Array.from({ length: count }, (_, index) => this.#view.getInt32(at + index * 4, true));
  }

  /** A vector of pairs of signed numbers of 64 bits, rounded above 2^53. */
  int64Pairs(slot: number): [first: number, second: number][] {
    const { at, count } = this.#vector(slot);
    const read = (position: number): number => Number(this.#view.getBigInt64(position, true));
    return Array.from({ length: count }, (_, index) => [read(at + index * 16), read(at + index * 16 + 8)]);
  }

  /** Where a field stands, or 0 if it is absent. */
  #positionOf(slot: number): number {
    const vtable = this.#at - this.#view.getInt32(this.#at, true);
    const entry = 4 + slot * 2;
    const offset = entry < this.#view.getUint16(vtable, true) ? this.#view.getUint16(vtable + entry, true) : 0;
    return offset === 0 ? 0 : this.#at + offset;
  }

  #tableAt(at: number): FlatBufferTable {
    return new FlatBufferTable(this.#view, at + this.#view.getUint32(at, true));
  }

  #vector(slot: number): { readonly at: number; readonly count: number } {
    const position = this.#positionOf(slot);
    if (position === 0) return { at: 0, count: 0 };
    const at = position + this.#view.getUint32(position, true);
    const count = this.#view.getUint32(at, true);
    // No allocation on a lie.
    if (count > this.#view.byteLength) throw new RangeError(`a vector has ${count} items`);
    return { at: at + 4, count };
  }
}
