import { contentFilter } from "@rerun-ts/core/encode";
import { getOrAdd } from "@rerun-ts/core/util";
import { Field, Null, Schema, Utf8, makeData, type Data, type DataType } from "apache-arrow";
import { gather, NULL_SOURCE, RowRanges, type ComponentColumn } from "@rerun-ts/reading/chunks";
import type { QueryOptions, StoreIndex } from "@rerun-ts/reading/query";

/** The column with the segment of each row. */
const SEGMENT = new Field("rerun_segment_id", new Utf8(), false);

/** A schema with the column of segments before the others. */
export function withSegment({ fields, metadata }: Schema): Schema {
  return new Schema([SEGMENT, ...fields], metadata);
}

/** The columns of a query, including those of a condition. */
export interface FetchedColumns {
  readonly dataset: StoreIndex;
  readonly columns: readonly ComponentColumn[];
  /** The columns that only a condition reads. */
  readonly hidden: readonly ComponentColumn[];
}

/**
 * The contents to fetch: whole entities, unless columns are named. Clears of entities above count, too. Rerun's own
 * client does not fetch these, nor entities without a column unless nulls are filled.
 */
export function contentsOf(
  { dataset, columns, hidden }: FetchedColumns,
  options: QueryOptions,
): ReadonlyMap<string, ReadonlySet<string> | "all"> {
  const contents = new Map<string, Set<string> | "all">();
  if (options.columns === undefined) {
    const matches = contentFilter(options.contents);
    const isNarrow = options.fillAcrossClears === true && options.fillLatestAt !== true;
    for (const { entityPath } of isNarrow ? columns : dataset.columns)
      if (matches(entityPath)) contents.set(entityPath, "all");
    for (const { entityPath } of hidden) contents.set(entityPath, "all");
    return contents;
  }
  for (const { entityPath, component } of columns)
    (getOrAdd(contents, entityPath, () => new Set<string>()) as Set<string>).add(component);
  return contents;
}

/** The identity of a component's column. */
export function columnKey({ entityPath, component }: ComponentColumn): string {
  return `${entityPath}\0${component}`;
}

export function nullColumn(type: DataType = new Null(), rows: number): Data {
  const ranges = new RowRanges();
  ranges.push(NULL_SOURCE, 0, rows);
  return gather(type, [], ranges);
}

/** A column with the same text in each row. */
export function textColumn(text: string, rows: number): Data<Utf8> {
  const bytes = new TextEncoder().encode(text);
  const values = new Uint8Array(bytes.byteLength * rows);
  const offsets = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    values.set(bytes, row * bytes.byteLength);
    offsets[row + 1] = (row + 1) * bytes.byteLength;
  }
  return makeData({ type: new Utf8(), length: rows, nullCount: 0, valueOffsets: offsets, data: values });
}
