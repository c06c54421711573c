import { Data, DataType } from "apache-arrow";
import { makeArray, nullsOf } from "./make-array.ts";

/**
 * The values of a component's column as lists, as Rerun reads them: lists as they are, any other type as one instance
 * for each row. Null rows have no list, but in an array of the type null each row has a list with one null.
 */
export function listData(data: Data, type: DataType): Data {
  const { length } = data;
  if (DataType.isList(data.type)) return new Data(type, 0, length, data.nullCount, data, data.children);
  const offsets = Int32Array.from({ length: length + 1 }, (_, row) => row);
  const nulls = DataType.isNull(data.type) ? undefined : nullsOf(data);
  return makeArray(type, length, { offsets, nulls, children: [data] });
}
