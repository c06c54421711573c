import { Data, DataType } from "apache-arrow";

/**
 * The values of a component's column as lists, as Rerun reads them: lists as they are, any other type as one instance
 * for each row. Null rows have no list, but in an array of the type null each row has a list with one null.
 */
export function listData(data: Data, type: DataType): Data {
  const { length } = data;
  if (DataType.isList(data.type)) return new Data(type, 0, length, data.nullCount, data, data.children);
  const offsets = Int32Array.from({ length: length + 1 }, (_, row) => row);
  const [nullCount, nullBitmap] = DataType.isNull(data.type) ? [0, undefined] : [data.nullCount, data.nullBitmap];
  return new Data(type, 0, length, nullCount, [offsets, undefined, nullBitmap, undefined] as never, [data]);
}
