import { RerunError } from "@rerun-ts/core";
import { Data, Vector, type DataType } from "apache-arrow";
import { childFieldsOf, layoutOf } from "./layout.ts";
import { gatherBits, gatherBytes, gatherFixed, gatherValidity } from "./gather-buffers.ts";
import { gatherOffsets } from "./gather-offsets.ts";
import { NullArray } from "./null-array.ts";
import { NULL_SOURCE, RowRanges } from "./row-ranges.ts";

/**
 * Takes rows from arrays of one type, and makes a new array of them.
 * @throws {RerunError} `UNSUPPORTED` if the result would be larger than its Arrow type allows
 */
export function gather(type: DataType, sources: readonly Data[], ranges: RowRanges): Data {
  const layout = layoutOf(type);
  const { length } = ranges;
  const make = (buffers: readonly unknown[], children: Data[] = [], dictionary?: Vector): Data => {
    const { bitmap, nullCount } = layout.kind === "union" ? NO_NULLS : gatherValidity(sources, ranges);
    const [offsets, values, typeIds] = buffers;
    return new Data(type, 0, length, nullCount, [offsets, values, bitmap, typeIds] as never, children, dictionary);
  };
  const child = (index: number, childRuns: RowRanges): Data =>
    gather(
      childType(type, index),
      sources.map(({ children }) => children[index] as Data),
      childRuns,
    );
  switch (layout.kind) {
    case "null":
      return new NullArray(length);
    case "bits":
      return make([undefined, gatherBits(sources, ranges)]);
    case "fixed":
      return make([undefined, gatherFixed(type, sources, ranges, layout.width)]);
    case "bytes":
      return make(gatherBytes(sources, ranges, layout.width));
    case "list": {
      const { offsets, inside } = gatherOffsets(sources, ranges, layout.width);
      return make([offsets], [child(0, inside)]);
    }
    case "fixed-list":
      return make([], [child(0, scaled(ranges, layout.size))]);
    case "struct":
      return make(
        [],
        childFieldsOf(type).map((_, index) => child(index, ranges)),
      );
    case "union":
      return layout.isDense ? gatherDense(type, sources, ranges) : gatherSparse(type, sources, ranges, child);
    case "dictionary":
    default: {
      const { dictionary, shifted } = joinDictionaries(type, sources);
      return make([undefined, gatherFixed(type, shifted, ranges, layout.width)], [], dictionary);
    }
  }
}

/** An array of nulls. */
export function nulls(type: DataType, length: number): Data {
  const ranges = new RowRanges();
  ranges.push(NULL_SOURCE, 0, length);
  return gather(type, [], ranges);
}

const NO_NULLS = { bitmap: undefined, nullCount: 0 };

function childType(type: DataType, index: number): DataType {
  return childFieldsOf(type)[index]?.type as DataType;
}

function scaled(ranges: RowRanges, size: number): RowRanges {
  const result = new RowRanges(ranges.size);
  for (let range = 0; range < ranges.size; range++) {
    const [source, start, count] = [ranges.sources[range], ranges.starts[range], ranges.counts[range]] as [
      number,
      number,
      number,
    ];
    result.push(source, start * size, count * size);
  }
  return result;
}

/** The elements of a dense union are in its children, in any order. */
function gatherDense(type: DataType, sources: readonly Data[], ranges: RowRanges): Data {
  const { typeIdToChildIndex } = type as unknown as { typeIdToChildIndex: Record<number, number> };
  const inside = childFieldsOf(type).map(() => new RowRanges());
  const typeIds = new Int8Array(ranges.length);
  const offsets = new Int32Array(ranges.length);
  let row = 0;
  for (let range = 0; range < ranges.size; range++) {
    const source = ranges.sources[range] as number;
    const from = sources[source] as Data;
    const start = ranges.starts[range] as number;
    for (let index = start; index < start + (ranges.counts[range] as number); index++, row++) {
      const typeId = (from.typeIds as Int8Array)[index] as number;
      const target = inside[typeIdToChildIndex[typeId] as number] as RowRanges;
      typeIds[row] = typeId;
      offsets[row] = target.length;
      target.push(source, (from.valueOffsets as Int32Array)[index] as number, 1);
    }
  }
  const children = inside.map((childRuns, index) =>
    gather(
      childType(type, index),
      sources.map((from) => from.children[index] as Data),
      childRuns,
    ),
  );
  return new Data(type, 0, ranges.length, 0, [offsets, undefined, undefined, typeIds] as never, children);
}

function gatherSparse(
  type: DataType,
  sources: readonly Data[],
  ranges: RowRanges,
  child: (index: number, ranges: RowRanges) => Data,
): Data {
  const typeIds = new Int8Array(ranges.length);
  let row = 0;
  for (let range = 0; range < ranges.size; range++) {
    const from = (sources[ranges.sources[range] as number] as Data).typeIds as Int8Array;
    const start = ranges.starts[range] as number;
    const count = ranges.counts[range] as number;
    typeIds.set(from.subarray(start, start + count), row);
    row += count;
  }
  const children = childFieldsOf(type).map((_, index) => child(index, ranges));
  return new Data(type, 0, ranges.length, 0, [undefined, undefined, undefined, typeIds] as never, children);
}

/** Puts the dictionaries of all arrays in sequence, and shifts the indices of the arrays accordingly. */
function joinDictionaries(
  type: DataType,
  sources: readonly Data[],
): { readonly dictionary: Vector; readonly shifted: readonly Data[] } {
  const dictionaries = [...new Set(sources.map(({ dictionary }) => dictionary as Vector))];
  const [first] = dictionaries;
  if (first === undefined) {
    const { dictionary } = type as unknown as { dictionary: DataType };
    return { dictionary: new Vector([gather(dictionary, [], new RowRanges())]), shifted: [] };
  }
  if (dictionaries.length === 1) return { dictionary: joined(first), shifted: sources };
  const starts = new Map<Vector, number>();
  let length = 0;
  for (const vector of dictionaries) {
    starts.set(vector, length);
    length += vector.length;
  }
  const { bitWidth } = (type as unknown as { indices: { bitWidth: number } }).indices;
  if (length > 2 ** Math.min(bitWidth - 1, 31))
    throw new RerunError("UNSUPPORTED", `${length} values of dictionaries do not fit indices of ${bitWidth} bits`);
  const shifted = sources.map((data) => {
    const shift = starts.get(data.dictionary as Vector) ?? 0;
    const add = (index: number | bigint): number | bigint =>
      typeof index === "bigint" ? index + BigInt(shift) : index + shift;
    const values = shift === 0 ? data.values : (data.values as Int32Array).map(add as (index: number) => number);
    return new Data(type, 0, data.length, data.nullCount, [undefined, values, data.nullBitmap] as never);
  });
  return { dictionary: joined(new Vector(dictionaries.flatMap(({ data }) => data as readonly Data[]))), shifted };
}

/** A dictionary as one array, because it would otherwise be written in parts, which Rerun does not read. */
function joined(dictionary: Vector): Vector {
  if (dictionary.data.length < 2) return dictionary;
  const ranges = new RowRanges();
  for (const [index, { length }] of dictionary.data.entries()) ranges.push(index, 0, length);
  return new Vector([gather(dictionary.type as DataType, dictionary.data as readonly Data[], ranges)]);
}
