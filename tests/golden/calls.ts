import type { StoredCell, StoredChunk, TimelineKind } from "./goldens.ts";

/** The times of a call on one timeline, one for each row: sequence numbers or nanoseconds. */
export interface CallTimes {
  readonly timeline: string;
  readonly kind: TimelineKind;
  readonly values: readonly bigint[];
}

/** A call of the program that wrote a golden: one row that was logged, or columns of many. */
export interface Call {
  readonly chunk: StoredChunk;
  readonly isColumns: boolean;
  readonly times: readonly CallTimes[];
  /** By component; one cell for each row. */
  readonly cells: ReadonlyMap<string, readonly StoredCell[]>;
}

const NO_COMPONENTS = new Set(["entity", "static", "via", "time", "rows", "order", "component_types"]);

/** The calls that led to these chunks, in their order. */
export function callsOf(chunks: readonly StoredChunk[]): Call[] {
  return chunks
    .flatMap((chunk, index) => {
      const call = toCall(chunk);
      const order = placesOf(chunk.order ?? index);
      const calls = call.isColumns ? [call] : order.map((_, row) => rowOf(call, row));
      return calls.map((each, row) => ({ call: each, place: order[row] ?? index }));
    })
    .sort((a, b) => a.place - b.place)
    .map(({ call }) => call);
}

function toCall(chunk: StoredChunk): Call {
  const { via, rows = 1, time = {} } = chunk;
  const components = Object.entries(chunk).filter(([key]) => !NO_COMPONENTS.has(key));
  return {
    chunk,
    isColumns: via === "columns" || (chunk.static === true && rows > 1),
    times: Object.entries(time).map(([timeline, [kind, values]]) => ({ timeline, kind, values: values.map(BigInt) })),
    cells: new Map(components.map(([key, value]) => [key, (rows === 1 ? [value] : value) as StoredCell[]])),
  };
}

function rowOf({ chunk, times, cells }: Call, row: number): Call {
  return {
    chunk,
    isColumns: false,
    times: times.map(({ values, ...timeline }) => ({ ...timeline, values: values.slice(row, row + 1) })),
    cells: new Map([...cells].map(([key, column]) => [key, column.slice(row, row + 1)])),
  };
}

/** `3`, `[3, 5]`, `"3..5"` or `"0..6 step 3"` as a list. */
function placesOf(order: NonNullable<StoredChunk["order"]>): readonly number[] {
  if (typeof order === "number") return [order];
  if (typeof order !== "string") return order;
  const [, first, last, step = "1"] = /^(\d+)\.\.(\d+)(?: step (\d+))?$/.exec(order) ?? [];
  if (first === undefined) throw new Error(`unknown order: ${order}`);
  const count = (Number(last) - Number(first)) / Number(step) + 1;
  return Array.from({ length: count }, (_, index) => Number(first) + index * Number(step));
}
