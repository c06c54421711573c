import { RerunError } from "@rerun-ts/core";
import { Data, DataType, List } from "apache-arrow";

const MAX_OFFSET = 2 ** 31 - 1;

/** An array of large lists, as polars writes them, as one of lists. Other arrays stay as they are. */
export function plainLists(data: Data): Data {
  const { type } = data;
  if (!DataType.isLargeList(type)) return data;
  const large = data.valueOffsets as unknown as BigInt64Array;
  if (Number(large[data.length] ?? 0n) > MAX_OFFSET)
    throw new RerunError("UNSUPPORTED", `a column of large lists has more than ${MAX_OFFSET} items`);
  const offsets = Int32Array.from(large.subarray(0, data.length + 1), Number);
  const buffers = [offsets, undefined, data.nullBitmap, undefined] as never;
  const [item] = type.children;
  return new Data(new List(item as never), 0, data.length, data.nullCount, buffers, data.children);
}
