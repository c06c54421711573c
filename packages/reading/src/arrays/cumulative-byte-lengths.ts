import type { Data } from "apache-arrow";
import { childFieldsOf, layoutOf } from "./layout.ts";

/** Counts the bytes of a batch's arrays beyond the stored ones. @throws {RerunError} `UNSUPPORTED` at too many */
export type Grow = (bytes: number) => void;

/** Least number of bytes that an element of any type takes. */
const LEAST = 1;

/**
 * The approximate number of bytes of all elements before each element of an array. The difference of two entries is the
 * size of a copy of the range between them.
 */
export function cumulativeByteLengths(data: Data, grow: Grow): Float64Array {
  // Counted first, because arrays of nulls may claim any length.
  grow(data.length * 8);
  const ends = new Float64Array(data.length + 1);
  const layout = layoutOf(data.type);
  switch (layout.kind) {
    case "fixed":
    case "dictionary":
      return addEach(ends, layout.width);
    case "bytes":
    case "list": {
      const offsets = data.valueOffsets as Int32Array | BigInt64Array;
      const inside = layout.kind === "list" ? cumulativeByteLengths(data.children[0] as Data, grow) : undefined;
      for (let at = 0; at < offsets.length && at < ends.length; at++) {
        const end = Number(offsets[at]);
        ends[at] = inside === undefined ? end : (inside[end] as number);
      }
      return addEach(ends, layout.width);
    }
    case "fixed-list": {
      const inside = cumulativeByteLengths(data.children[0] as Data, grow);
      for (let at = 0; at < ends.length; at++) ends[at] = inside[at * layout.size] as number;
      return addEach(ends, LEAST);
    }
    case "union":
      if (layout.isDense) return unionEnds(data, ends, grow);
      return structEnds(data, ends, grow);
    case "struct":
      return structEnds(data, ends, grow);
    case "null":
    case "bits":
    default:
      return addEach(ends, LEAST);
  }
}

function addEach(ends: Float64Array, bytes: number): Float64Array {
  for (let at = 0; at < ends.length; at++) ends[at] = (ends[at] as number) + at * bytes;
  return ends;
}

function structEnds(data: Data, ends: Float64Array, grow: Grow): Float64Array {
  for (const child of data.children) {
    const inside = cumulativeByteLengths(child, grow);
    for (let at = 0; at < ends.length; at++) ends[at] = (ends[at] as number) + (inside[at] as number);
  }
  return addEach(ends, LEAST);
}

/** The elements of a dense union are in its children, in any order. */
function unionEnds(data: Data, ends: Float64Array, grow: Grow): Float64Array {
  const { typeIdToChildIndex } = data.type as unknown as { typeIdToChildIndex: Record<number, number> };
  const inside = childFieldsOf(data.type).map((_, index) => cumulativeByteLengths(data.children[index] as Data, grow));
  for (let row = 0; row < data.length; row++) {
    const own = inside[typeIdToChildIndex[(data.typeIds as Int8Array)[row] as number] as number] as Float64Array;
    const at = (data.valueOffsets as Int32Array)[row] as number;
    ends[row + 1] = (ends[row] as number) + (own[at + 1] as number) - (own[at] as number);
  }
  return addEach(ends, LEAST);
}
