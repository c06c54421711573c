import { RerunError } from "@rerun-ts/core";
import type { Data } from "apache-arrow";
import { typeText } from "../arrays/layout.ts";
import { typeKey } from "../store/arrow-types.ts";
import type { ChunkColumn, ChunkData } from "../store/chunk-data.ts";
import type { ChunkInfo, ComponentColumn } from "../store/chunk-info.ts";
import type { ChunkLoader } from "../store/chunk-loader.ts";
import { TurnCounter, turnOf } from "../store/turn-counter.ts";
import { spanOfTimes } from "../store/compare-times.ts";
import type { StoreIndex } from "../store/store-index.ts";
import { resolveCells, compareRowIds, latestRows, type ResolvedCells, type ChunkSlice } from "./resolve-cells.ts";
import { clearChunks, clearsOf } from "./column-clears.ts";
import { IndexKeys, countBefore, countUpTo, type Keys } from "./index-keys.ts";
import { planColumn, type ColumnPlan } from "./plan-chunks.ts";
import type { QueryOptions, RowSelection } from "./query-options.ts";
import { RowRanges } from "../arrays/row-ranges.ts";
import { isValid } from "../arrays/is-valid.ts";

/** A column of a query whose chunks are loaded. */
export interface PreparedColumn {
  readonly column: ComponentColumn;
  /** The values of each source. `undefined` for sources of clears. */
  readonly values: readonly (Data | undefined)[];
  /** The chunk of each source, for its other times. */
  readonly chunks: readonly ChunkData[];
  /** The cells, including those of clears. */
  readonly cells: ResolvedCells;
  /** The cells that fill nulls. They differ from `cells` only if clears do not count. */
  readonly fillCells: ResolvedCells;
  /** Whether there is exactly one cell for each row. */
  readonly hasCellForEachRow: boolean;
  /** The cell of every row, if the column is static. */
  readonly constant: { readonly source: number; readonly row: number } | undefined;
}

/** A query whose chunks are loaded. */
export interface PreparedQuery {
  readonly columns: readonly PreparedColumn[];
  /** The keys of the rows, in order. */
  readonly rows: Float64Array;
  readonly keys: IndexKeys;
}

/** Loads the chunks of a query, and finds its rows. */
export async function prepareQuery(
  store: StoreIndex,
  loader: ChunkLoader,
  selected: readonly ComponentColumn[],
  selection: RowSelection,
  options: QueryOptions,
): Promise<PreparedQuery> {
  const chunks = store.chunksByEntity;
  const mayBeSkipped = options.typeConflicts === "skip";
  const planOf = (column: ComponentColumn, isStaticEmpty = false): ColumnPlan =>
    planColumn(column, chunks, selection, options.fillLatestAt === true, { isStaticEmpty, mayBeSkipped });
  const timeline = selection.index?.name;
  const clears = timeline === undefined ? [] : clearChunks(store, selected, timeline);
  const byId = new Map<string, ChunkData>();
  const dataOf = ({ id }: ChunkInfo): ChunkData => byId.get(id) as ChunkData;
  const load = async (infos: readonly ChunkInfo[]): Promise<void> => {
    const missing = [...new Set(infos)].filter(({ id }) => !byId.has(id));
    for (const [index, chunk] of (await loader.load(missing, options)).entries())
      byId.set((missing[index] as ChunkInfo).id, chunk);
  };
  let plans = selected.map((column) => planOf(column));
  await load([...plans.flatMap((each) => each.chunks), ...clears]);
  // Footers do not say that a static chunk has only nulls, which hide nothing.
  plans = plans.map((each) => (each.isStatic && isEmpty(each, dataOf, options) ? planOf(each.column, true) : each));
  await load(plans.flatMap((each) => each.chunks));

  const indexed = new Set(plans.filter(({ isStatic }) => !isStatic).flatMap((plan) => plan.chunks));
  const timed = new Set([...indexed, ...clears].map(dataOf));
  const turns = new TurnCounter();
  const times = new Map<ChunkData, BigInt64Array>();
  for (const chunk of timed) {
    const chunkTimes = timesOf(chunk, timeline);
    times.set(chunk, chunkTimes);
    // Kept for the keys, which need the spans of all times.
    spanOfTimes(chunkTimes);
    await turns.cells(chunkTimes.length, chunkTimes.byteLength, options.signal);
  }
  const keys = new IndexKeys([...times.values(), ...(selection.values === undefined ? [] : [selection.values])]);
  const keysOf = new Map<ChunkData, Keys>();
  for (const [chunk, chunkTimes] of times) {
    keysOf.set(chunk, keys.keysOf(chunkTimes));
    await turns.cells(chunkTimes.length, chunkTimes.byteLength, options.signal);
  }
  const wantedKeys = selection.values === undefined ? undefined : keys.keysOf(selection.values).values;
  const columns: PreparedColumn[] = [];
  for (const plan of plans) {
    const planChunks = plan.chunks.map(dataOf);
    const column = plan.isStatic
      ? prepareStatic(plan, planChunks, options)
      : prepareTemporal(plan, planChunks, clears.map(dataOf), keysOf, wantedKeys, options);
    columns.push(withKeysOf(columns.at(-1), column));
    if (turns.isDue(planChunks.length, column.cells.keys.byteLength)) await turnOf(options.signal);
  }
  const touching = clears.map(dataOf).flatMap((chunk) => selected.flatMap((column) => clearsOf(column, [chunk])));
  const clearKeys = touching.map(({ chunk, rows }) => {
    const chunkKeys = (keysOf.get(chunk) as Keys).values;
    return Float64Array.from(new Set(rows.map((row) => chunkKeys[row] as number))).sort();
  });
  // A table without any column has no rows. An index counts as a column even if this store has no data on it.
  const hasColumns = selection.index !== undefined || selected.length + store.timelines.length > 0;
  const turn = (list: Float64Array): Promise<void> => turns.cells(list.length, 0, options.signal);
  const rows = hasColumns ? await rowsOf(columns, clearKeys, keys, selection, turn) : new Float64Array(0);
  const aligned: PreparedColumn[] = [];
  for (const column of columns) {
    aligned.push({ ...column, hasCellForEachRow: areEqual(column.cells.keys, rows) });
    await turn(rows);
  }
  return { columns: aligned, rows, keys };
}

function timesOf(chunk: ChunkData, timeline: string | undefined): BigInt64Array {
  return chunk.times(chunk.layout.timelines.find(({ name }) => name === timeline) as ChunkColumn);
}

/** The values of a component in a chunk. `undefined` if they have another type and are omitted. */
function valuesOf(chunk: ChunkData, column: ComponentColumn, options: QueryOptions): Data | undefined {
  const found = chunk.layout.components.find(({ name }) => name === column.component) as ChunkColumn;
  const values = chunk.values(found);
  if (typeKey(values.type) === typeKey(column.type)) return values;
  if (options.typeConflicts === "skip") return undefined;
  throw new RerunError(
    "INVALID_FORMAT",
    `the column ${column.name} has the type ${typeText(column.type)}, but ${typeText(values.type)} in some chunks; ` +
      'leave these out with `typeConflicts: "skip"`',
  );
}

/** Whether the chunks of a column have only nulls. */
function isEmpty(
  { column, chunks }: ColumnPlan,
  dataOf: (info: ChunkInfo) => ChunkData,
  options: QueryOptions,
): boolean {
  return chunks.every((info) => {
    const values = valuesOf(dataOf(info), column, options);
    return values?.nullCount === values?.length;
  });
}

const NO_CELLS: ResolvedCells = { keys: new Float64Array(0), ranges: new RowRanges() };

function prepareStatic({ column }: ColumnPlan, chunks: readonly ChunkData[], options: QueryOptions): PreparedColumn {
  const values = chunks.map((chunk) => valuesOf(chunk, column, options));
  let constant: PreparedColumn["constant"];
  for (const [source, data] of values.entries()) {
    const { rowIds } = chunks[source] as ChunkData;
    for (let row = 0; row < (data?.length ?? 0); row++) {
      if (data === undefined || !isValid(data, row)) continue;
      const best = constant === undefined ? undefined : chunks[constant.source]?.rowIds;
      if (best !== undefined && constant !== undefined && compareRowIds(rowIds, row, best, constant.row) < 0) continue;
      constant = { source, row };
    }
  }
  return { column, values, chunks, cells: NO_CELLS, fillCells: NO_CELLS, hasCellForEachRow: false, constant };
}

function prepareTemporal(
  { column }: ColumnPlan,
  columnChunks: readonly ChunkData[],
  clearing: readonly ChunkData[],
  keysOf: ReadonlyMap<ChunkData, Keys>,
  wanted: Float64Array | undefined,
  options: QueryOptions,
): PreparedColumn {
  const chunks: ChunkData[] = [];
  const sources: ChunkSlice[] = [];
  const add = (chunk: ChunkData, values: Data | undefined, rows?: readonly number[]): void => {
    chunks.push(chunk);
    const source = { keys: keysOf.get(chunk) as Keys, rowIds: chunk.rowIds, values, rows };
    const latest = wanted === undefined ? undefined : latestRows(source, wanted);
    sources.push(latest === undefined ? source : { ...source, rows: latest, areLatest: true });
  };
  for (const chunk of columnChunks) {
    const values = valuesOf(chunk, column, options);
    if (values !== undefined) add(chunk, values);
  }
  const fillCells = options.fillAcrossClears === true ? resolveCells(sources) : undefined;
  const clears = clearsOf(column, clearing);
  for (const { chunk, rows } of clears) add(chunk, undefined, rows);
  const cells = fillCells !== undefined && clears.length === 0 ? fillCells : resolveCells(sources);
  const values = sources.map((source) => source.values);
  return {
    column,
    values,
    chunks,
    cells,
    fillCells: fillCells ?? cells,
    hasCellForEachRow: false,
    constant: undefined,
  };
}

async function rowsOf(
  columns: readonly PreparedColumn[],
  clearKeys: readonly Float64Array[],
  keys: IndexKeys,
  { index, values, from, to }: RowSelection,
  turn: (list: Float64Array) => Promise<void>,
): Promise<Float64Array> {
  if (index === undefined) return new Float64Array(1);
  const all =
    values === undefined ? [...columns.map(({ cells }) => cells.keys), ...clearKeys] : [keys.keysOf(values).values];
  const sorted = await distinct(all, turn);
  const [first, last] = [keys.keyFrom(from), keys.keyTo(to)];
  const [start, end] = [countBefore(sorted, first), countUpTo(sorted, last)];
  return start === 0 && end === sorted.length ? sorted : sorted.subarray(start, end);
}

/** Columns that were logged together have the same keys, which are compared and kept once. */
function withKeysOf(other: PreparedColumn | undefined, column: PreparedColumn): PreparedColumn {
  if (other === undefined || !areEqual(other.cells.keys, column.cells.keys)) return column;
  const cells = { ...column.cells, keys: other.cells.keys };
  return { ...column, cells, fillCells: column.fillCells === column.cells ? cells : column.fillCells };
}

function areEqual(first: Float64Array, second: Float64Array): boolean {
  if (first === second) return true;
  if (first.length !== second.length) return false;
  for (let at = 0; at < first.length; at++) if (first[at] !== second[at]) return false;
  return true;
}

/** The keys that occur in any of these lists, each of which is in order and without duplicates. */
async function distinct(
  all: readonly Float64Array[],
  turn: (list: Float64Array) => Promise<void>,
): Promise<Float64Array> {
  let lists = all;
  while (lists.length > 1) {
    const merged: Float64Array[] = [];
    for (let at = 0; at < lists.length; at += 2) {
      const list = union(lists[at], lists[at + 1]);
      merged.push(list);
      await turn(list);
    }
    lists = merged;
  }
  return lists[0] ?? new Float64Array(0);
}

function union(first: Float64Array = new Float64Array(0), second: Float64Array = new Float64Array(0)): Float64Array {
  if (areEqual(first, second)) return first;
  const merged = new Float64Array(first.length + second.length);
  let [one, two, count] = [0, 0, 0];
  while (one < first.length || two < second.length) {
    const a = one < first.length ? (first[one] as number) : Infinity;
    const b = two < second.length ? (second[two] as number) : Infinity;
    merged[count++] = a < b ? a : b;
    if (a <= b) one++;
    if (b <= a) two++;
  }
  // Usually all keys of one list are in the other.
  if (count === first.length) return first;
  return count === second.length ? second : merged.slice(0, count);
}
