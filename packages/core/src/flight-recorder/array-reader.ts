import { PRIMITIVE_WIDTHS, type ArrowType } from "../arrow/arrow-type.ts";
import type { ArrayCollector } from "../arrow/array-collector.ts";
import { NO_BYTES } from "../bytes/no-bytes.ts";
import { RerunError } from "../errors/rerun-error.ts";

/** The lengths and buffers of an array and of its children, depth first, as a record batch has them. */
export interface StoredArray {
  /** The length and the null count of each array. */
  readonly nodes: readonly (readonly [length: number, nullCount: number])[];
  readonly buffers: readonly Uint8Array[];
}

/** Copies ranges of elements of Arrow arrays. */
export class ArrayReader {
  readonly #parts: StoredArray;
  #node = 0;
  #buffer = 0;

  constructor(parts: StoredArray) {
    this.#parts = parts;
  }

  /**
   * Adds the elements from `from` to before `to` of the next array, and of its children.
   *
   * @throws {RerunError} `UNSUPPORTED` at a type without a name in this SDK, such as a dictionary
   * @throws {RangeError} where a buffer is too short
   */
  copy(out: ArrayCollector, type: ArrowType, from: number, to: number): void {
    const [, nulls = 0] = this.#parts.nodes[this.#node++] ?? [];
    const count = to - from;
    if ("write" in type) throw new RerunError("UNSUPPORTED", `rows of the Arrow type ${type.type} cannot be copied`);
    if (type.type === "Null") return out.node(count, count);
    if (type.type === "Union") return this.#copyUnion(out, type, from, to);
    const validity = this.#take();
    const bitmap = nulls === 0 || validity.byteLength === 0 ? NO_BYTES : sliceBits(validity, from, to);
    out.node(count, bitmap.byteLength === 0 ? 0 : count - countBits(bitmap, count));
    out.buffer(bitmap);
    switch (type.type) {
      case "Bool":
        return out.buffer(sliceBits(this.#take(), from, to));
      case "FixedSizeBinary":
        return out.buffer(slice(this.#take(), from * type.size, to * type.size));
      case "Utf8":
      case "Binary":
        return this.#copyBytes(out, from, to, 4);
      case "LargeUtf8":
      case "LargeBinary":
        return this.#copyBytes(out, from, to, 8);
      case "List": {
        const [first, last] = this.#copyOffsets(out, from, to, 4);
        return this.copy(out, type.item.type, first, last);
      }
      case "FixedSizeList":
        return this.copy(out, type.item.type, from * type.size, to * type.size);
      case "Struct":
        for (const field of type.fields) this.copy(out, field.type, from, to);
        return;
      default: {
        const width = PRIMITIVE_WIDTHS[type.type];
        return out.buffer(slice(this.#take(), from * width, to * width), width);
      }
    }
  }

  #copyBytes(out: ArrayCollector, from: number, to: number, width: 4 | 8): void {
    const [first, last] = this.#copyOffsets(out, from, to, width);
    out.buffer(slice(this.#take(), first, last));
  }

  /** Adds the offsets of a range. Returns the range of the items. */
  #copyOffsets(out: ArrayCollector, from: number, to: number, width: 4 | 8): [first: number, last: number] {
    const offsets = this.#take();
    const rebased = new Uint8Array((to - from + 1) * width);
    // Arrays without elements may have no offsets.
    if (to === from) {
      out.buffer(rebased, width, true);
      return [0, 0];
    }
    const source = new DataView(offsets.buffer, offsets.byteOffset, offsets.byteLength);
    const target = new DataView(rebased.buffer);
    const read = (index: number): number =>
      width === 4 ? source.getInt32(index * 4, true) : Number(source.getBigInt64(index * 8, true));
    const first = read(from);
    for (let index = from; index <= to; index++) {
      const offset = read(index) - first;
      if (width === 4) target.setInt32((index - from) * 4, offset, true);
      else target.setBigInt64((index - from) * 8, BigInt(offset), true);
    }
    out.buffer(rebased, width, true);
    return [first, read(to)];
  }

  /** Adds a range of a dense union. The values of each child between its first and its last one are copied. */
  #copyUnion(out: ArrayCollector, type: Extract<ArrowType, { type: "Union" }>, from: number, to: number): void {
    const ids = slice(this.#take(), from, to);
    const offsets = slice(this.#take(), from * 4, to * 4);
    const source = new DataView(offsets.buffer, offsets.byteOffset, offsets.byteLength);
    const ranges = type.fields.map((): [number, number] => [Infinity, -1]);
    const places = Array.from(ids, (id) => type.typeIds.indexOf((id << 24) >> 24));
    for (const [index, place] of places.entries()) {
      const range = ranges[place];
      if (range === undefined) throw new RangeError("a union has an unknown type id");
      const offset = source.getInt32(index * 4, true);
      range[0] = Math.min(range[0], offset);
      range[1] = Math.max(range[1], offset);
    }
    const rebased = new DataView(new ArrayBuffer(offsets.byteLength));
    for (const [index, place] of places.entries())
      rebased.setInt32(index * 4, source.getInt32(index * 4, true) - (ranges[place]?.[0] ?? 0), true);
    out.node(to - from, 0);
    out.buffer(ids);
    out.buffer(new Uint8Array(rebased.buffer), 4);
    for (const [index, field] of type.fields.entries()) {
      const [first, last] = ranges[index] ?? [0, -1];
      this.copy(out, field.type, last < 0 ? 0 : first, last + 1);
    }
  }

  #take(): Uint8Array {
    return this.#parts.buffers[this.#buffer++] ?? NO_BYTES;
  }
}

/** Bytes of a buffer. @throws {RangeError} if the buffer is too short */
function slice(bytes: Uint8Array, from: number, to: number): Uint8Array {
  if (from < 0 || to < from || to > bytes.byteLength) throw new RangeError("an Arrow buffer is too short");
  return bytes.subarray(from, to);
}

function sliceBits(bits: Uint8Array, from: number, to: number): Uint8Array {
  slice(bits, 0, Math.ceil(to / 8));
  const sliced = new Uint8Array(Math.ceil((to - from) / 8));
  for (let index = from; index < to; index++)
    if (isBitSet(bits, index))
      sliced[(index - from) >> 3] = (sliced[(index - from) >> 3] ?? 0) | (1 << ((index - from) & 7));
  return sliced;
}

function countBits(bits: Uint8Array, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) if (isBitSet(bits, index)) sum++;
  return sum;
}

/** Whether a bit of a bitmap is set. */
export function isBitSet(bits: Uint8Array, index: number): boolean {
  return (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
}
