import { RerunError } from "@rerun-ts/core";
import type { Data, DataType } from "apache-arrow";
import { gather } from "../arrays/gather.ts";
import { makeArray } from "../arrays/make-array.ts";
import { RowRanges } from "../arrays/row-ranges.ts";
import { isValid } from "../arrays/is-valid.ts";
import { cumulativeByteLengths, type Grow } from "../arrays/cumulative-byte-lengths.ts";
import { childFieldsOf } from "../arrays/layout.ts";

/** Number of bytes that the range of one element takes in {@link RowRanges}. */
const RUN_BYTES = 24;

/** The buffers of an array of list views. */
export interface ListViews {
  readonly offsets: Int32Array | BigInt64Array;
  readonly sizes: Int32Array | BigInt64Array;
  readonly bitmap: Uint8Array | undefined;
  readonly nullCount: number;
}

/**
 * Makes lists of list views, which may be in any order and may overlap. Source: Arrow's columnar format, "ListView
 * Layout".
 * @throws {RerunError} `INVALID_FORMAT` if a view is outside of `items`, `UNSUPPORTED` if far too many views share
 * elements
 */
export function readListViews(type: DataType, views: ListViews, items: Data, grow: Grow): Data {
  const { offsets, sizes, bitmap, nullCount } = views;
  const { length } = offsets;
  const isWide = offsets instanceof BigInt64Array;
  const ends = new Float64Array(length + 1);
  const ofBytes = cumulativeByteLengths(items, grow);
  let bytes = length * RUN_BYTES;
  const nulls = { nullCount, bitmap };
  const array = makeArray(type, length, { nulls });
  for (let row = 0; row < length; row++) {
    const start = Number(offsets[row]);
    const size = Number(sizes[row]);
    if (!(start >= 0 && size >= 0 && start + size <= items.length))
      throw new RerunError("INVALID_FORMAT", "an Arrow list view is outside of its elements");
    if (nullCount > 0 && !isValid(array, row)) ends[row + 1] = ends[row] as number;
    else {
      ends[row + 1] = (ends[row] as number) + size;
      bytes += (ofBytes[start + size] as number) - (ofBytes[start] as number);
    }
  }
  grow(bytes);
  if (!isWide && (ends[length] as number) >= 2 ** 31)
    throw new RerunError("UNSUPPORTED", "the list views of an Arrow array have more than 2^31 elements");
  const runs = new RowRanges(length);
  for (let row = 0; row < length; row++) {
    runs.push(0, Number(offsets[row]), (ends[row + 1] as number) - (ends[row] as number));
  }
  const plain = isWide ? BigInt64Array.from(ends, BigInt) : Int32Array.from(ends);
  const item = childFieldsOf(type)[0]?.type as DataType;
  return makeArray(type, length, { offsets: plain, nulls, children: [gather(item, [items], runs)] });
}

/**
 * Repeats the values of a run-end encoded array. Source: Arrow's columnar format, "Run-End Encoded Layout".
 * @throws {RerunError} `INVALID_FORMAT` if the ends are wrong, `UNSUPPORTED` if the values are repeated far too often
 */
export function readRunEnds(ends: ArrayLike<number | bigint>, values: Data, length: number, grow: Grow): Data {
  if (values.length < ends.length) throw wrongRuns();
  const ofBytes = cumulativeByteLengths(values, grow);
  let bytes = length * RUN_BYTES;
  let before = 0;
  for (let run = 0; run < ends.length; run++) {
    const end = Number(ends[run]);
    if (!(end > before)) throw wrongRuns();
    const count = Math.min(end, length) - Math.min(before, length);
    bytes += count * ((ofBytes[run + 1] as number) - (ofBytes[run] as number));
    before = end;
  }
  if (before < length) throw wrongRuns();
  grow(bytes);
  const runs = new RowRanges(length);
  for (let run = 0; runs.length < length; run++) {
    const end = Math.min(Number(ends[run]), length);
    while (runs.length < end) runs.push(0, run, 1);
  }
  return gather(values.type, [values], runs);
}

function wrongRuns(): RerunError {
  return new RerunError("INVALID_FORMAT", "the runs of an Arrow array do not fit its length");
}
