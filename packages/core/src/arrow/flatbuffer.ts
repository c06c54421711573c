import { getOrAdd } from "../collections/get-or-add.ts";
import { GrowableBytes } from "./builder/growable-bytes.ts";
import { writeInt64 } from "./write-int64.ts";

/** A field of a flatbuffer table: a number, a reference to something that is written later, or absent. */
export type FlatbufferSlot =
  | readonly [kind: "u8" | "i16" | "i32" | "i64", value: number]
  | readonly [kind: "ref"]
  | undefined;

const WIDTHS = { u8: 1, i16: 2, i32: 4, i64: 8, ref: 4 } as const;

/** The positions of a written table and of its fields. */
export interface WrittenTable {
  readonly position: number;
  /** The position of each slot, or 0 if the slot is absent. */
  readonly slots: readonly number[];
}

/**
 * Writes a flatbuffer from front to back: a table first, then the objects that it refers to.
 *
 * The slot of a reference is zero until its target is written: methods with `from` write the target at the end and set
 * the slot at `from`. Offsets in flatbuffers are unsigned, so targets must follow their references. The writer supports
 * only the features that Arrow's schemas need. Source: the flatbuffers binary format, flatbuffers.dev/internals.
 */
export class FlatBufferWriter {
  readonly #out = new GrowableBytes();
  /** The layouts that were written, by the widths of their slots: tables with the same slots share one. */
  readonly #layouts = new Map<number, TableLayout>();
  /** The objects that several slots refer to, which are still to be written, by their keys. */
  #shared = new Map<unknown, SharedObject>();

  constructor() {
    // The approximate size of a chunk's schema.
    this.#out.reserve(2048);
    this.#out.fill(0, 4);
  }

  /** The bytes so far, valid until the next method call. */
  get bytes(): Uint8Array {
    return this.#out.used;
  }

  /** The number of bytes so far. */
  get length(): number {
    return this.#out.length;
  }

  /** Sets the root table. */
  setRoot(table: WrittenTable): void {
    this.#out.view.setUint32(0, table.position, true);
  }

  /** Writes a table. Values of `i64` must be below 2^53. */
  table(slots: readonly FlatbufferSlot[]): WrittenTable {
    const out = this.#out;
    const { vtable, offsets, size, alignment } = this.#layoutOf(slots);
    this.#align(alignment);
    const position = out.length;
    out.fill(0, size);
    out.view.setInt32(position, position - vtable, true);
    const positions = slots.map((slot, index) => {
      if (slot === undefined) return 0;
      const offset = offsets[index] as number;
      this.#writeNumber(position + offset, slot);
      return position + offset;
    });
    return { position, slots: positions };
  }

  /** Writes a string for the slot at `from`. Returns the position of its first byte. */
  string(from: number, text: string): number {
    const out = this.#out;
    this.#align(4);
    this.#linkToEnd(from);
    const start = out.length + 4;
    out.pushInt32(0);
    out.pushText(text);
    out.view.setInt32(start - 4, out.length - start, true);
    out.fill(0, 1);
    return start;
  }

  /** Writes a vector of references for the slot at `from`. Returns the position of the first, to be set later. */
  references(from: number, count: number): number {
    this.#align(4);
    this.#linkToEnd(from);
    this.#out.pushInt32(count);
    const start = this.#out.length;
    this.#out.fill(0, count * 4);
    return start;
  }

  /** Writes a vector of 32-bit integers for the slot at `from`. */
  int32s(from: number, values: readonly number[]): void {
    this.#align(4);
    this.#linkToEnd(from);
    this.#out.pushInt32(values.length);
    for (const value of values) this.#out.pushInt32(value);
  }

  /**
   * Writes a vector of `count` structs of zeros for the slot at `from`, each with 64-bit integers in `width` bytes.
   * Returns the position of the first struct.
   */
  structs(from: number, count: number, width: number): number {
    // The count is 4 bytes before the first struct, which is aligned to 8 bytes.
    this.#align(4);
    if (this.#out.length % 8 === 0) this.#out.fill(0, 4);
    this.#linkToEnd(from);
    this.#out.pushInt32(count);
    const start = this.#out.length;
    this.#out.fill(0, count * width);
    return start;
  }

  /**
   * Lets the slot at `from` refer to an object that all slots with an equal `key` share. `writeShared` writes the
   * object once, by calling `write` for one of these slots, because the object must follow all of them.
   */
  share(from: number, key: unknown, write: (from: number) => void): void {
    getOrAdd(this.#shared, key, (): SharedObject => ({ write, references: [] })).references.push(from);
  }

  /** Writes the shared objects, then the objects that those share in turn. */
  writeShared(): void {
    while (this.#shared.size > 0) {
      const shared = [...this.#shared.values()];
      this.#shared = new Map();
      for (const { write, references } of shared) {
        const [first = 0] = references;
        write(first);
        const { view } = this.#out;
        const position = first + view.getUint32(first, true);
        for (const from of references) view.setUint32(from, position - from, true);
      }
    }
  }

  /** Sets the reference at `from` to a table that was written after the reference. */
  link(from: number, table: Pick<WrittenTable, "position">): void {
    this.#out.view.setUint32(from, table.position - from, true);
  }

  /** Sets the reference at `from` to the end, where the next write puts its target. */
  #linkToEnd(from: number): void {
    this.#out.view.setUint32(from, this.#out.length - from, true);
  }

  /** The layout of tables with these slots. The first table with a layout writes its vtable at the end. */
  #layoutOf(slots: readonly FlatbufferSlot[]): TableLayout {
    // The key consists of the widths, as digits to base 9.
    let key = 1;
    for (const slot of slots) key = key * 9 + (slot === undefined ? 0 : WIDTHS[slot[0]]);
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    const out = this.#out;
    const { offsets, size } = layout(slots);
    this.#align(2);
    const vtable = out.length;
    out.fill(0, 4 + slots.length * 2);
    out.view.setUint16(vtable, 4 + slots.length * 2, true);
    out.view.setUint16(vtable + 2, size, true);
    for (const [index, offset] of offsets.entries()) out.view.setUint16(vtable + 4 + index * 2, offset, true);
    // A table is aligned for its widest slot.
    const alignment = slots.some((slot) => slot?.[0] === "i64") ? 8 : 4;
    const made = { vtable, offsets, size, alignment };
    this.#layouts.set(key, made);
    return made;
  }

  #align(width: number): void {
    const rest = this.#out.length % width;
    if (rest !== 0) this.#out.fill(0, width - rest);
  }

  #writeNumber(at: number, slot: readonly [kind: string, value?: number]): void {
    const { view } = this.#out;
    const value = slot[1] ?? 0;
    if (slot[0] === "u8") view.setUint8(at, value);
    else if (slot[0] === "i16") view.setInt16(at, value, true);
    else if (slot[0] === "i32") view.setInt32(at, value, true);
    else if (slot[0] === "i64") writeInt64(view, at, value);
  }
}

/** An object that several slots refer to. */
interface SharedObject {
  readonly write: (from: number) => void;
  readonly references: number[];
}

/** Positions of a table's fields, and of its vtable. */
interface TableLayout {
  /** The position of the vtable. */
  readonly vtable: number;
  /** The offset of each slot in the table, or 0 if the slot is absent. */
  readonly offsets: readonly number[];
  readonly size: number;
  readonly alignment: number;
}

/** Places the fields after the table's first 4 bytes, the widest ones first so that all are aligned. */
function layout(slots: readonly FlatbufferSlot[]): { readonly offsets: readonly number[]; readonly size: number } {
  const offsets: number[] = slots.map(() => 0);
  let size = 4;
  for (let width = 8; width >= 1; width >>= 1) {
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index];
      if (slot === undefined || WIDTHS[slot[0]] !== width) continue;
      size = Math.ceil(size / width) * width;
      offsets[index] = size;
      size += width;
    }
  }
  return { offsets, size };
}
