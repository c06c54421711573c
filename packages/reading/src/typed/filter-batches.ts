import type { Data, RecordBatch, Schema } from "apache-arrow";
import { gather } from "../arrays/gather.ts";
import { batchOf } from "../arrays/make-array.ts";
import { RowRanges } from "../arrays/row-ranges.ts";
import type { ComponentColumn } from "../store/chunk-info.ts";
import type { StoreIndex } from "../store/store-index.ts";
import { readerOf } from "./cell-readers.ts";
import { columnsByName, planTypedColumn, type PlannedColumn } from "./plan-columns.ts";
import type { QueriedKind } from "../query/query-options.ts";
import type { RowFilter } from "../query/row-filter.ts";

/** A condition with its columns in a recording. */
export interface FilterPlan {
  readonly filter: RowFilter;
  readonly columns: readonly PlannedColumn[];
  /** The columns that only the condition reads. */
  readonly hidden: readonly ComponentColumn[];
}

/** Checks the columns of a condition. @throws {TypeError} if one is wrong, or is not in the recording */
export function planFilter(
  store: StoreIndex,
  filter: RowFilter,
  shown: readonly ComponentColumn[],
  isLive: boolean,
  what: QueriedKind,
): FilterPlan {
  const known = columnsByName(store);
  const columns = filter.choices.map((choice) => planTypedColumn(store, known, "where", choice, isLive, "where", what));
  const names = new Set(columns.flatMap((column) => ("name" in column ? [column.name] : [])));
  for (const { name } of shown) names.delete(name);
  return { filter, columns, hidden: store.columns.filter(({ name }) => names.has(name)) };
}

/** Yields the rows for which the condition is true, without the columns that only the condition reads. */
export function* filterBatches(
  batches: Iterable<RecordBatch>,
  { filter, columns }: FilterPlan,
  schema: Schema,
): Generator<RecordBatch, void, undefined> {
  for (const batch of batches) {
    const readers = columns.map((column) => readerOf(batch, column));
    const ranges = new RowRanges();
    for (let row = 0; row < batch.numRows; row++)
      if (filter.test(readers.map((read) => read(row))) === true) ranges.push(0, row, 1);
    if (ranges.length === 0) continue;
    const children = schema.fields.map((field, at) => {
      const data = batch.data.children[at] as Data;
      return ranges.length === batch.numRows ? data : gather(field.type, [data], ranges);
    });
    yield batchOf(schema, ranges.length, children);
  }
}
