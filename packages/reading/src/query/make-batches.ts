import type { Data, RecordBatch, Schema } from "apache-arrow";
import type { IndexColumn } from "../store/chunk-info.ts";
import { gather } from "../arrays/gather.ts";
import { batchOf, makeArray } from "../arrays/make-array.ts";
import { latestTimes, timesOfSources } from "./latest-times.ts";
import { RowTaker, rowsToTake } from "./row-taker.ts";
import type { PreparedColumn, PreparedQuery } from "./prepare-query.ts";
import type { RowRanges } from "../arrays/row-ranges.ts";

/** Common parts of the batches of a query. */
export interface BatchPlan {
  readonly schema: Schema;
  readonly timelines: readonly IndexColumn[];
  /** The name of the index. `undefined` for static components only. */
  readonly index: string | undefined;
  readonly isFilled: boolean;
}

/** Yields the rows of a query in batches of at most `size` rows. */
export function* makeBatches(query: PreparedQuery, plan: BatchPlan, size: number): Generator<RecordBatch> {
  const { columns, rows } = query;
  const takers = columns.map((column) => new RowTaker(column, plan.isFilled));
  const words = plan.timelines.map(({ name }) =>
    plan.index === undefined || name === plan.index ? undefined : timesOfSources(columns, name),
  );
  for (let start = 0; start < rows.length; start += size) {
    const keys = rows.subarray(start, start + size);
    const taken = takers.map((taker) => taker.take(keys));
    const times = plan.timelines.map(({ name, type }, at) => {
      if (name === plan.index) return makeArray(type, keys.length, { values: query.keys.timesOf(keys) });
      const { times: latest, bitmap, valid } = latestTimes(taken, words[at] ?? [], keys.length);
      const nulls = { nullCount: keys.length - valid, bitmap: valid === keys.length ? undefined : bitmap };
      return makeArray(type, keys.length, { values: latest, nulls });
    });
    const values = columns.map((column, at) => columnData(column, taken[at] as RowRanges));
    yield batchOf(plan.schema, keys.length, [...times, ...values]);
  }
}

function columnData(prepared: PreparedColumn, taken: RowRanges): Data {
  // Sources of clears have no values, and no row is taken from them.
  const [first] = prepared.values.filter((values) => values !== undefined);
  const sources = prepared.values.map((values) => values ?? first) as Data[];
  return gather(prepared.column.type, first === undefined ? [] : sources, rowsToTake(taken, prepared));
}
