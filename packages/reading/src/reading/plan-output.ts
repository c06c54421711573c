import { Table, type RecordBatch, type Schema } from "apache-arrow";
import type { QueriedKind } from "../query/query-options.ts";
import type { RowFilter } from "../query/row-filter.ts";
import type { ComponentColumn } from "../store/chunk-info.ts";
import type { StoreIndex } from "../store/store-index.ts";

/** The largest number of rows of a batch, unless an option says otherwise. */
export const BATCH_ROWS = 2048;
/** The largest number of rows of a batch of a table, unless an option says otherwise. */
export const TABLE_BATCH_ROWS = 65_536;

/** The columns of a query, and what its condition does with the rows. */
export interface OutputPlan {
  /** The shown columns, then the hidden ones. */
  readonly columns: readonly ComponentColumn[];
  /** The columns that only the condition reads. */
  readonly hidden: readonly ComponentColumn[];
  /** Keeps the rows for which the condition is true, without the hidden columns. */
  readonly filtered: (batches: Iterable<RecordBatch>) => Iterable<RecordBatch>;
}

/**
 * Plans the condition of a query.
 *
 * @param schema the schema of the rows that the query shows
 * @throws {TypeError} if a column of the condition is wrong or missing
 */
export async function planOutput(
  store: StoreIndex,
  shown: readonly ComponentColumn[],
  schema: Schema,
  where: RowFilter | undefined,
  isLive: boolean,
  what: QueriedKind = "recording",
): Promise<OutputPlan> {
  if (where === undefined) return { columns: shown, hidden: [], filtered: (batches) => batches };
  // Loaded on demand, because queries without a condition do not need it.
  const { filterBatches, planFilter } = await import("./lazy-reading.ts");
  const plan = planFilter(store, where, shown, isLive, what);
  const { hidden } = plan;
  return { columns: [...shown, ...hidden], hidden, filtered: (batches) => filterBatches(batches, plan, schema) };
}

/** All batches of a query. */
export async function allBatches(batches: AsyncIterable<RecordBatch>): Promise<RecordBatch[]> {
  const all: RecordBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

/** All batches of a query in one table. */
export async function tableOfBatches(schema: Schema, batches: AsyncIterable<RecordBatch>): Promise<Table> {
  return new Table(schema, await allBatches(batches));
}
