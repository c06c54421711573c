import { getOrAdd } from "../collections/get-or-add.ts";
import { ReadBudget } from "../bytes/read-budget.ts";

const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The kinds of parts: strings, tables, vectors of tables, and vectors of integers. */
type PartKind = 0 | 1 | 2 | 3;

/** The parts of a buffer that several tables may refer to, by their positions. */
class SharedParts {
  readonly budget: ReadBudget;
  /** By position and kind. Most messages are read without any of them. */
  #known: Map<number, unknown> | undefined;

  constructor(bytes: number) {
    this.budget = new ReadBudget(bytes);
  }

  /** The part at a position. It is read, and paid for, the first time. */
  once<Part>(kind: PartKind, position: number, read: () => Part): Part {
    this.budget.spend();
    return getOrAdd((this.#known ??= new Map()), position * 4 + kind, read) as Part;
  }
}

/**
 * A table of a flatbuffer, read in place. An absent field has its default. Many references may share one string, table
 * or vector: the reader reads it once and returns the same object for each reference, so all work is at most linear in
 * the size of the buffer. Reading beyond the end, or more than the size allows, throws `RangeError`. Source: the
 * flatbuffers binary format, flatbuffers.dev/internals.
 */
export class FlatBufferTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableEnd: number;
  readonly #shared: SharedParts;

  private constructor(view: DataView, at: number, shared: SharedParts) {
    shared.budget.spend();
    this.#view = view;
    this.#at = at;
    // Check the vtable now, because a damaged table must be reported even if no field of it is read.
    this.#vtable = at - view.getInt32(at, true);
    this.#vtableEnd = this.#vtable + view.getUint16(this.#vtable, true);
    if (this.#vtableEnd > view.byteLength) throw new RangeError("the fields of a table are truncated");
    this.#shared = shared;
  }

  static root(view: DataView): FlatBufferTable {
    return new FlatBufferTable(view, view.getUint32(0, true), new SharedParts(view.byteLength));
  }

  /** The size of the whole buffer in bytes. */
  get bufferBytes(): number {
    return this.#view.byteLength;
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

  /** A string, or the empty string if the field is absent. As in Rerun, the bytes must be UTF-8 followed by a zero. */
  text(slot: number): string {
    const start = this.#vectorStart(slot);
    if (start === 0) return "";
    return this.#shared.once(0, start, () => {
      const { at, count } = this.#vector(start, 1);
      if (this.#view.getUint8(at + count) !== 0) throw new RangeError("a string has no end");
      return textOf(new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, count));
    });
  }

  /** Another table. */
  table(slot: number): FlatBufferTable | undefined {
    const at = this.#positionOf(slot);
    return at === 0 ? undefined : this.#tableAt(at);
  }

  /** A vector of tables. */
  tables(slot: number): readonly FlatBufferTable[] {
    const start = this.#vectorStart(slot);
    if (start === 0) return [];
    return this.#shared.once(2, start, () => {
      const { at, count } = this.#vector(start, 4);
      return Array.from({ length: count }, (_, index) => this.#sharedTableAt(at + index * 4));
    });
  }

  /** A vector of signed numbers of 32 bits. */
  int32s(slot: number): readonly number[] {
    const start = this.#vectorStart(slot);
    if (start === 0) return [];
    return this.#shared.once(3, start, () => {
      const { at, count } = this.#vector(start, 4);
      return Array.from({ length: count }, (_, index) => this.#view.getInt32(at + index * 4, true));
    });
  }

  /** A vector of signed numbers of 64 bits, rounded above 2^53. */
  int64s(slot: number): number[] {
    const { at, count } = this.#vector(this.#vectorStart(slot), 8);
    return Array.from({ length: count }, (_, index) => Number(this.#view.getBigInt64(at + index * 8, true)));
  }

  /** A vector of pairs of signed numbers of 64 bits, rounded above 2^53. */
  int64Pairs(slot: number): [first: number, second: number][] {
    const { at, count } = this.#vector(this.#vectorStart(slot), 16);
    const view = this.#view;
    const pairs: [number, number][] = [];
    // Avoids bigints, which are slow.
    for (let pair = at; pair < at + count * 16; pair += 16)
      pairs.push([
        view.getInt32(pair + 4, true) * 2 ** 32 + view.getUint32(pair, true),
        view.getInt32(pair + 12, true) * 2 ** 32 + view.getUint32(pair + 8, true),
      ]);
    return pairs;
  }

  /** The position of a vector in the buffer, or 0 if it is absent. */
  vectorPosition(slot: number): number {
    return this.#vectorStart(slot);
  }

  /** The position of a field, or 0 if it is absent. */
  #positionOf(slot: number): number {
    const entry = this.#vtable + 4 + slot * 2;
    const offset = entry < this.#vtableEnd ? this.#view.getUint16(entry, true) : 0;
    return offset === 0 ? 0 : this.#at + offset;
  }

  #tableAt(at: number): FlatBufferTable {
    return new FlatBufferTable(this.#view, at + this.#view.getUint32(at, true), this.#shared);
  }

  #sharedTableAt(at: number): FlatBufferTable {
    return this.#shared.once(1, at + this.#view.getUint32(at, true), () => this.#tableAt(at));
  }

  /** The position of a vector or a string, or 0 if it is absent. */
  #vectorStart(slot: number): number {
    const position = this.#positionOf(slot);
    return position === 0 ? 0 : position + this.#view.getUint32(position, true);
  }

  /** Offset and number of the items of a vector, each of `size` bytes. */
  #vector(start: number, size: number): { readonly at: number; readonly count: number } {
    if (start === 0) return { at: 0, count: 0 };
    const count = this.#view.getUint32(start, true);
    if (start + 4 + count * size > this.#view.byteLength) throw new RangeError(`a vector has ${count} items`);
    this.#shared.budget.spend(count);
    return { at: start + 4, count };
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new RangeError("a string is not UTF-8", { cause });
  }
}
