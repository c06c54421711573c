import { Data, RecordBatch, Struct, makeData, type Schema } from "apache-arrow";
import type { IndexColumn } from "../store/chunk-info.ts";
import { gather } from "../arrays/gather.ts";
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
      if (name === plan.index) return timeData(type, query.keys.timesOf(keys), NO_BITMAP, keys.length);
      const { times: latest, bitmap, valid } = latestTimes(taken, words[at] ?? [], keys.length);
      return timeData(type, latest, bitmap, valid);
    });
    const values = columns.map((column, at) => columnData(column, taken[at] as RowRanges));
    const children = [...times, ...values];
    const type = new Struct(plan.schema.fields);
    yield new RecordBatch(plan.schema, makeData({ type, length: keys.length, nullCount: 0, children }));
  }
}

function columnData(prepared: PreparedColumn, taken: RowRanges): Data {
  // Sources of clears have no values, and no row is taken from them.
  const [first] = prepared.values.filter((values) => values !== undefined);
  const sources = prepared.values.map((values) => values ?? first) as Data[];
  return gather(prepared.column.type, first === undefined ? [] : sources, rowsToTake(taken, prepared));
}

/** Times as an array. Those without a bit in `bitmap` are null. */
function timeData(type: IndexColumn["type"], times: BigInt64Array, bitmap: Uint8Array, valid: number): Data {
  const { length } = times;
  return new Data(type, 0, length, length - valid, [undefined, times, valid === length ? undefined : bitmap] as never);
}

const NO_BITMAP = new Uint8Array(0);
