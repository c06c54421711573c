// Typed rows of catalogs, loaded on first use.
import { argumentError } from "@rerun-ts/core/checks";
import type { RecordBatch } from "apache-arrow";
import {
  allBatches,
  type CellOf,
  type ColumnChoices,
  type QueryOptions,
  type StoreIndex,
  type TypedColumn,
  type TypedColumnPlan,
  type TypedRow,
} from "@rerun-ts/reading/query";
import { planColumns, readColumns, readRows } from "@rerun-ts/reading/typed";

/** A row with the chosen columns, and its segment. */
export type SegmentRow<Choices, Index = string | null> = { readonly segmentId: string } & TypedRow<Choices, Index>;

/** The chosen columns of all rows, and the segment of each row. */
export type SegmentTypedColumns<Choices, Index = string | null> = { readonly segmentId: readonly string[] } & {
  readonly [Key in keyof Choices]: TypedColumn<CellOf<Choices[Key], Index>>;
};

/** A query of chosen columns. */
export interface TypedSegments {
  readonly plan: TypedColumnPlan;
  readonly query: AsyncIterable<RecordBatch>;
}

const ID = "segmentId";

/** Checks chosen columns. @throws {TypeError} if one is wrong, or is not in the dataset */
export function planSegments(options: QueryOptions, dataset: StoreIndex, choices: ColumnChoices): TypedColumnPlan {
  const plan = planColumns(dataset, options, choices, false, "dataset");
  if (plan.columns.some(({ key }) => key === ID))
    throw argumentError("columns", `\`columns\` must not have the name ${ID}, which is that of the segment of a row`);
  return plan;
}

/** Yields the rows as objects. */
export async function* readSegmentRows({ plan, query }: TypedSegments): AsyncGenerator<object, void, undefined> {
  for await (const batch of query) {
    const segmentId = segmentOf(batch);
    for (const row of readRows(batch, plan)) yield Object.assign(row, { segmentId });
  }
}

/** The columns of all rows. */
export async function readSegmentColumns({ plan, query }: TypedSegments): Promise<Record<string, unknown>> {
  const batches = await allBatches(query);
  const segmentIds = batches.flatMap((batch) => Array.from<string>({ length: batch.numRows }).fill(segmentOf(batch)));
  return { ...readColumns(batches, plan), [ID]: segmentIds };
}

/** The segment of a batch, which all of its rows have in common. */
function segmentOf(batch: RecordBatch): string {
  return batch.getChildAt(0)?.get(0) as string;
}
