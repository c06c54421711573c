import { RerunError } from "@rerun-ts/core";
import { type Data, DataType, List } from "apache-arrow";
import { makeArray, nullsOf } from "./make-array.ts";

const MAX_OFFSET = 2 ** 31 - 1;

/** An array of large lists, as polars writes them, as one of lists. Other arrays stay as they are. */
export function plainLists(data: Data): Data {
  const { type } = data;
  if (!DataType.isLargeList(type)) return data;
  const large = data.valueOffsets as unknown as BigInt64Array;
  if (Number(large[data.length] ?? 0n) > MAX_OFFSET)
    throw new RerunError("UNSUPPORTED", `a column of large lists has more than ${MAX_OFFSET} items`);
  const offsets = Int32Array.from(large.subarray(0, data.length + 1), Number);
  const [item] = type.children;
  return makeArray(new List(item as never), data.length, { offsets, nulls: nullsOf(data), children: data.children });
}
