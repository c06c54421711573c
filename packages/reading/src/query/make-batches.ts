import type { Data, RecordBatch, Schema } from "apache-arrow";
import type { IndexColumn } from "../store/chunk-info.ts";
import { TurnCounter } from "../store/turn-counter.ts";
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
  readonly signal: AbortSignal | undefined;
}

/** Yields the rows of a query in batches of at most `size` rows. Other events have their turn between columns. */
export async function* makeBatches(
  query: PreparedQuery,
  plan: BatchPlan,
  size: number,
): AsyncGenerator<RecordBatch, void, undefined> {
  const { columns, rows } = query;
  const takers = columns.map((column) => new RowTaker(column, plan.isFilled));
  const words = plan.timelines.map(({ name }) =>
    plan.index === undefined || name === plan.index ? undefined : timesOfSources(columns, name),
  );
  const turns = new TurnCounter();
  for (let start = 0; start < rows.length; start += size) {
    const keys = rows.subarray(start, start + size);
    const turn = (bytes = 0): Promise<void> => turns.cells(keys.length, bytes, plan.signal);
    const taken: RowRanges[] = [];
    for (const taker of takers) {
      taken.push(taker.take(keys));
      await turn();
    }
    const data: Data[] = [];
    for (const [at, { name, type }] of plan.timelines.entries()) {
      if (name === plan.index) data.push(makeArray(type, keys.length, { values: query.keys.timesOf(keys) }));
      else {
        const { times: latest, bitmap, valid } = await latestTimes(taken, words[at] ?? [], keys.length, turn);
        const nulls = { nullCount: keys.length - valid, bitmap: valid === keys.length ? undefined : bitmap };
        data.push(makeArray(type, keys.length, { values: latest, nulls }));
      }
    }
    for (const [at, column] of columns.entries()) {
      const values = columnData(column, taken[at] as RowRanges);
      data.push(values);
      await turn(values.byteLength);
    }
    yield batchOf(plan.schema, keys.length, data);
  }
}

function columnData(prepared: PreparedColumn, taken: RowRanges): Data {
  // Sources of clears have no values, and no row is taken from them.
  const [first] = prepared.values.filter((values) => values !== undefined);
  const sources = prepared.values.map((values) => values ?? first) as Data[];
  return gather(prepared.column.type, first === undefined ? [] : sources, rowsToTake(taken, prepared));
}
