import { Data, RecordBatch, Struct, makeData, type Schema } from "apache-arrow";
import type { ChunkData } from "../store/chunk-data.ts";
import type { IndexColumn } from "../store/chunk-info.ts";
import { gather } from "./gather.ts";
import { IndexKeys } from "./index-keys.ts";
import { RowPicker, runsOf, type Picks } from "./pick-rows.ts";
import type { PreparedColumn, PreparedQuery } from "./prepare.ts";

/** What the batches of a query have in common. */
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
  const others = plan.timelines.map(({ name }) =>
    plan.index === undefined || name === plan.index ? undefined : new OtherTimes(columns, name),
  );
  for (let start = 0; start < rows.length; start += size) {
    const keys = rows.subarray(start, start + size);
    const picks = pickers.map((picker) => picker.pick(keys));
    const times = plan.timelines.map(({ name, type }, at) => {
      if (name === plan.index) return int64Data(type, keys.length, (row) => query.keys.timeOf(keys[row] as number));
      const other = others[at];
      return int64Data(type, keys.length, other === undefined ? () => undefined : other.timesOf(picks));
    });
    const values = columns.map((column, at) => columnData(column, picks[at] as Picks));
    const children = [...times, ...values];
    const type = new Struct(plan.schema.fields);
    yield new RecordBatch(plan.schema, makeData({ type, length: keys.length, nullCount: 0, children }));
  }
}

function columnData(prepared: PreparedColumn, picks: Picks): Data {
  // Sources that clear have no values; no row is taken from them.
  const [first] = prepared.values.filter((values) => values !== undefined);
  const sources = prepared.values.map((values) => values ?? first) as Data[];
  return gather(prepared.column.type, first === undefined ? [] : sources, runsOf(picks, prepared));
}

/** Times as an array; `undefined` becomes null. */
function int64Data(type: IndexColumn["type"], length: number, timeOf: (row: number) => bigint | undefined): Data {
  const values = new BigInt64Array(length);
  const bitmap = new Uint8Array(Math.ceil(length / 64) * 8);
  let nullCount = 0;
  for (let row = 0; row < length; row++) {
    const time = timeOf(row);
    if (time === undefined) {
      nullCount++;
      continue;
    }
    values[row] = time;
    bitmap[row >> 3] = (bitmap[row >> 3] as number) | (1 << (row & 7));
  }
  return new Data(type, 0, length, nullCount, [undefined, values, nullCount > 0 ? bitmap : undefined] as never);
}

/** The times of rows on a timeline other than the index: the latest one of the row's cells. */
class OtherTimes {
  readonly #keys: IndexKeys;
  /** For each column, the keys of each source; `undefined` where that is not on the timeline. */
  readonly #sources: readonly (readonly (Float64Array | undefined)[])[];

  constructor(columns: readonly PreparedColumn[], timeline: string) {
    const times = new Map<ChunkData, BigInt64Array>();
    for (const chunk of new Set(columns.flatMap(({ chunks }) => chunks))) {
      const found = chunk.layout.timelines.find(({ name }) => name === timeline);
      if (found !== undefined) times.set(chunk, chunk.times(found));
    }
    this.#keys = new IndexKeys([...times.values()]);
    const keys = new Map([...times].map(([chunk, all]) => [chunk, this.#keys.keysOf(all)]));
    this.#sources = columns.map(({ chunks }) => chunks.map((chunk) => keys.get(chunk)));
  }

  /** The time of each row; `undefined` where no cell has one. */
  timesOf(picks: readonly Picks[]): (row: number) => bigint | undefined {
    const latest = new Float64Array(picks[0]?.sources.length ?? 0).fill(-1);
    for (const [column, { sources, rows }] of picks.entries()) {
      const keys = this.#sources[column] ?? [];
      for (let row = 0; row < sources.length; row++) {
        const source = sources[row] as number;
        const key = source < 0 ? undefined : keys[source]?.[rows[row] as number];
        if (key !== undefined && key > (latest[row] as number)) latest[row] = key;
      }
    }
    return (row) => {
      const key = latest[row] ?? -1;
      return key < 0 ? undefined : this.#keys.timeOf(key);
    };
  }
}
