import { Data, RecordBatch, Struct, makeData, type Schema } from "apache-arrow";
import type { IndexColumn } from "../store/chunk-info.ts";
import { gather } from "../arrays/gather.ts";
import { latestTimes, timesOfSources } from "./latest-times.ts";
import { RowPicker, rowsToTake } from "./pick-rows.ts";
import type { PreparedColumn, PreparedQuery } from "./prepare.ts";
import type { Runs } from "../arrays/runs.ts";

/** Common parts of the batches of a query. */
export interface BatchPlan {
  readonly schema: Schema;
  readonly timelines: readonly IndexColumn[];
  /** The name of the index; `undefined` for static components only. */
  readonly index: string | undefined;
  readonly isFilled: boolean;
}

/** Yields the rows of a query in batches of at most `size` rows. */
export function* makeBatches(query: PreparedQuery, plan: BatchPlan, size: number): Generator<RecordBatch> {
  const { columns, rows } = query;
  const pickers = columns.map((column) => new RowPicker(column, plan.isFilled));
  const words = plan.timelines.map(({ name }) =>
    plan.index === undefined || name === plan.index ? undefined : timesOfSources(columns, name),
  );
  for (let start = 0; start < rows.length; start += size) {
    const keys = rows.subarray(start, start + size);
    const picks = pickers.map((picker) => picker.pick(keys));
    const times = plan.timelines.map(({ name, type }, at) => {
      if (name === plan.index) return timeData(type, query.keys.timesOf(keys), NO_BITMAP, keys.length);
      const { times: latest, bitmap, valid } = latestTimes(picks, words[at] ?? [], keys.length);
      return timeData(type, latest, bitmap, valid);
    });
    const values = columns.map((column, at) => columnData(column, picks[at] as Runs));
    const children = [...times, ...values];
    const type = new Struct(plan.schema.fields);
    yield new RecordBatch(plan.schema, makeData({ type, length: keys.length, nullCount: 0, children }));
  }
}

function columnData(prepared: PreparedColumn, picks: Runs): Data {
  // Sources that clear have no values; no row is taken from them.
  const [first] = prepared.values.filter((values) => values !== undefined);
  const sources = prepared.values.map((values) => values ?? first) as Data[];
  return gather(prepared.column.type, first === undefined ? [] : sources, rowsToTake(picks, prepared));
}

/** Times as an array; those are null whose bit is not set. */
function timeData(type: IndexColumn["type"], times: BigInt64Array, bitmap: Uint8Array, valid: number): Data {
  const { length } = times;
  return new Data(type, 0, length, length - valid, [undefined, times, valid === length ? undefined : bitmap] as never);
}

const NO_BITMAP = new Uint8Array(0);
