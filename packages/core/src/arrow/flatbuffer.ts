import { GrowableBytes } from "./builder/growable-bytes.ts";
import { writeInt64 } from "./write-int64.ts";

/** A field of a flatbuffer table: a number of some width, or a reference to something written later. */
export type Slot = readonly [kind: "u8" | "i16" | "i32" | "i64", value: number] | readonly [kind: "ref"] | undefined;

const WIDTHS = { u8: 1, i16: 2, i32: 4, i64: 8, ref: 4 } as const;

/** Where the fields of a written table stand. */
export interface WrittenTable {
  readonly position: number;
  /** The position of each slot, 0 if it is absent. */
  readonly slots: readonly number[];
}

/**
 * Writes flatbuffers front to back: a table first, then what it refers to, patching the references.
 * Only what Arrow's schemas need. Source: the flatbuffers binary format, flatbuffers.dev/internals.
 */
export class FlatBufferWriter {
  readonly #out = new GrowableBytes();

  constructor() {
    // A chunk's schema takes about this much.
    this.#out.reserve(2048);
    this.#out.fill(0, 4);
  }

  /** The bytes so far. */
  get bytes(): Uint8Array {
    return this.#out.used;
  }

  get length(): number {
    return this.#out.length;
  }

  /** Names the root table. */
  setRoot(table: WrittenTable): void {
    this.#out.view.setUint32(0, table.position, true);
  }

  /** Writes a table. `i64` values are below 2^53. */
  table(slots: readonly Slot[]): WrittenTable {
    const out = this.#out;
    const offsets = layout(slots);
    this.#align(2);
    const vtable = out.length;
    out.fill(0, 4 + slots.length * 2);
    // The largest slot decides how the table must lie.
    this.#align(slots.some((slot) => slot?.[0] === "i64") ? 8 : 4);
    const position = out.length;
    out.fill(0, offsets.size);
    out.view.setUint16(vtable, 4 + slots.length * 2, true);
    out.view.setUint16(vtable + 2, offsets.size, true);
    out.view.setInt32(position, position - vtable, true);
    const positions = slots.map((slot, index) => {
      const offset = offsets.offsets[index] as number;
      if (slot === undefined) return 0;
      out.view.setUint16(vtable + 4 + index * 2, offset, true);
      this.#writeNumber(position + offset, slot);
      return position + offset;
    });
    return { position, slots: positions };
  }

  /** Writes a text and lets the slot at `from` refer to it. Returns where the text's bytes begin. */
  string(from: number, text: string): number {
    const out = this.#out;
    this.#align(4);
    this.#refer(from);
    const start = out.length + 4;
    out.pushInt32(0);
    out.pushText(text);
    out.view.setInt32(start - 4, out.length - start, true);
    out.fill(0, 1);
    return start;
  }

  /** Writes a vector of references and lets the slot at `from` refer to it. Returns where each reference stands. */
  references(from: number, count: number): number[] {
    this.#align(4);
    this.#refer(from);
    this.#out.pushInt32(count);
    const start = this.#out.length;
    this.#out.fill(0, count * 4);
    return Array.from({ length: count }, (_, index) => start + index * 4);
  }

  /** Writes a vector of 32-bit numbers. */
  int32s(from: number, values: readonly number[]): void {
    this.#align(4);
    this.#refer(from);
    this.#out.pushInt32(values.length);
    for (const value of values) this.#out.pushInt32(value);
  }

  /** Makes room for a vector of structs of `width` bytes that hold 64-bit numbers. Returns where the first stands. */
  structs(from: number, count: number, width: number): number {
    // The count stands 4 bytes before a multiple of 8.
    this.#align(4);
    if (this.#out.length % 8 === 0) this.#out.fill(0, 4);
    this.#refer(from);
    this.#out.pushInt32(count);
    const start = this.#out.length;
    this.#out.fill(0, count * width);
    return start;
  }

  /** Lets the slot at `from` refer to `table`. */
  link(from: number, table: WrittenTable): void {
    this.#out.view.setUint32(from, table.position - from, true);
  }

  #refer(from: number): void {
    this.#out.view.setUint32(from, this.#out.length - from, true);
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

/** Places the fields behind the table's first 4 bytes, the widest first so that all are aligned. */
function layout(slots: readonly Slot[]): { readonly offsets: readonly number[]; readonly size: number } {
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
