import { argumentError, checkObject, checkOptions, invalidArgument, type OptionNames } from "@rerun-ts/core/checks";
import { rowIdsOf } from "../chunks/edit-columns.ts";
import { instancesOf } from "../chunks/instances.ts";
import { makeChunk } from "../chunks/make-chunk.ts";
import { pathText } from "../chunks/new-chunk.ts";
import { timeColumn } from "../chunks/time-columns.ts";
import { contentFilter } from "@rerun-ts/core/encode";
import { Chunk, chunkDataOf, isChunk } from "../reading/chunk.ts";
import type { ChunkColumn, ChunkData, StoredColumn } from "../store/chunk-data.ts";
import { namedInErrors } from "./cast.ts";
import type { DeriveOptions, Lens, LensColumn, Lenses, LensInput } from "./lens.ts";
import { checkLensTimeline, newTimes } from "./lens-times.ts";
import { checkLensValue, makeColumn } from "./lens-values.ts";
import { resolveTarget, targetOf } from "./lens-target.ts";
import { isEmptyRow, repeatRows, scatteredColumn, rowsWithNewTimes, type LensRows } from "./scatter.ts";

const LENS: OptionNames<Lens<never>> = {
  from: 1,
  to: 1,
  as: 1,
  value: 1,
  map: "function",
  columns: 1,
  timelines: 1,
  scatter: "boolean",
  contents: 1,
};

/** Applies lenses to chunks. */
export type ApplyLenses = (chunk: Chunk) => readonly Chunk[];

/**
 * Makes components of the components of a chunk. The result is empty if the chunk has none of them. A lens without `to`
 * adds its component to the chunk, or replaces the one that it reads. Each other lens makes a separate chunk.
 *
 * @throws {TypeError} if a lens is wrong, a path does not exist, or values cannot have the type of their component
 * @example
 * const [accel] = derive(chunk, { from: "Imu:accel", value: "y", to: "/new/accel_y", as: rr.Scalars });
 * const [norm] = derive(chunk, { from: "Imu:accel", value: ({ x, y }: Vec2) => Math.hypot(x, y), as: rr.Scalars });
 */
export function derive<Value = LensInput>(chunk: Chunk, lenses: Lenses<Value>, options?: DeriveOptions): Chunk[] {
  if (!isChunk(chunk)) throw invalidArgument("chunk", "a chunk", chunk);
  return [...prepareLenses("derive", lenses, options)(chunk)];
}

/** Checks lenses, and prepares them for many chunks. @throws {TypeError} if one is wrong */
export function prepareLenses<Value>(call: string, lenses: Lenses<Value>, options: DeriveOptions = {}): ApplyLenses {
  checkOptions(call, options, { output: 1 });
  // Only the caller knows the type of the instances.
  const all = [lenses].flat() as unknown as readonly Lens<never>[];
  const { output = "derived" } = options;
  if (!["derived", "unmatched", "all"].includes(output))
    throw invalidArgument("output", '"derived", "unmatched" or "all"', output);
  const prepared = all.map(checkLens);
  return (chunk) => {
    const data = chunkDataOf(chunk);
    const found = prepared.flatMap(({ lens, appliesTo }) => {
      const column = data.layout.components.find(({ name }) => name === lens.from);
      return column !== undefined && appliesTo(data.entityPath) ? [{ lens, column }] : [];
    });
    if (found.length === 0) return output === "derived" ? [] : [chunk];
    return apply(chunk, data, found, output);
  };
}

interface PreparedLens {
  readonly lens: Lens<never>;
  readonly appliesTo: (entityPath: string) => boolean;
}

function checkLens(lens: Lens<never>): PreparedLens {
  checkObject(lens, "lenses");
  checkOptions("derive", lens, LENS);
  if (typeof lens.from !== "string" || lens.from === "")
    throw invalidArgument("from", "the name of a component", lens.from);
  if (lens.columns !== undefined && (!Array.isArray(lens.columns) || lens.columns.length === 0))
    throw invalidArgument("columns", "a non-empty array of components", lens.columns);
  if (lens.columns !== undefined && (lens.as ?? lens.value ?? lens.map) !== undefined)
    throw argumentError("columns", "`columns` takes the place of `as`, `value` and `map`: give either");
  if (lens.to !== undefined) pathText("to", lens.to);
  for (const { as, value } of lens.columns ?? [lens]) {
    if (as !== undefined) targetOf(as);
    checkLensValue(value);
  }
  for (const [name, timeline] of Object.entries(lens.timelines ?? {})) checkLensTimeline(name, timeline);
  return { lens, appliesTo: contentFilter(lens.contents ?? ["/**", "/__properties/**"]) };
}

interface FoundLens {
  readonly lens: Lens<never>;
  readonly column: ChunkColumn;
}

function apply(chunk: Chunk, data: ChunkData, foundLenses: readonly FoundLens[], output: string): Chunk[] {
  const ownColumns = new Map<string, StoredColumn>();
  const read = new Set(foundLenses.map(({ lens }) => lens.from));
  for (const { name, index } of data.layout.components)
    if (output === "all" || (output === "unmatched" && !read.has(name))) ownColumns.set(name, data.column(index));
  const kept = ownColumns.size;
  let isChanged = false;
  const others: Chunk[] = [];
  for (const { lens, column } of foundLenses) {
    const target = lens.to === undefined ? data.entityPath : pathText("to", lens.to);
    const isOwn = target === data.entityPath && lens.timelines === undefined && lens.scatter !== true;
    const { columns, times, rows } = columnsOfLens(data, lens, column);
    if (!isOwn) others.push(new Chunk(makeChunk({ entityPath: target, rows, columns: [...times, ...columns] })));
    else for (const made of columns) ownColumns.set(made.field.name, made);
    isChanged ||= isOwn;
  }
  if (!isChanged && kept === chunk.components.length) return [chunk, ...others];
  if (ownColumns.size === 0) return others;
  const { entityPath, rows } = data;
  // The chunk keeps its row ids only if it contains all columns that the lenses leave.
  const rowIds = output === "derived" ? undefined : rowIdsOf(data);
  const columns = [...timesOf(data), ...ownColumns.values()];
  return [new Chunk(makeChunk({ entityPath, rows, columns, rowIds })), ...others];
}

function timesOf(data: ChunkData): StoredColumn[] {
  return data.layout.timelines.map(({ index }) => data.column(index));
}

function columnsOfLens(data: ChunkData, lens: Lens<never>, column: ChunkColumn): LensRows {
  const lists = data.values(column);
  const instances = instancesOf(lists);
  const isScattered = lens.scatter === true;
  let counts: readonly number[] = Array.from({ length: data.rows }, () => 1);
  const columns = (lens.columns ?? [lens]).map(({ as, value = ".", map }: LensColumn<never>, index): StoredColumn => {
    const target = resolveTarget(as, column);
    return namedInErrors(lens, `\`${target.component}\``, () => {
      if (!isScattered) return makeColumn(instances, lists, { target, value, map });
      const made = scatteredColumn(instances, lists, { target, value, map });
      if (index === 0) ({ counts } = made);
      else if (made.counts.some((count, row) => count !== counts[row])) throw unequal(made);
      return made;
    });
  });
  const mayLackTimes = isScattered
    ? (row: number): boolean => columns.every((made) => isEmptyRow(made, row))
    : undefined;
  const made = newTimes(instances, lens, counts, mayLackTimes);
  // As in Rerun, a new timeline takes the place of another one with its name.
  const isReplaced = ({ field }: StoredColumn): boolean => made.some((time) => time.field.name === field.name);
  const kept = timesOf(data).filter((time) => !isReplaced(time));
  const names = [...kept, ...made, ...columns].map(({ field }) => field.name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw argumentError("columns", `a lens must make different columns, but two are ${JSON.stringify(twice)}`);
  if (!isScattered)
    return {
      columns,
      times: [...kept, ...made.map(({ field, data: times }) => timeColumn(field, times))],
      rows: data.rows,
    };
  const repeatedTimes = kept.map((time) => ({ field: time.field, data: repeatRows(time.data, counts) }));
  return rowsWithNewTimes(columns, repeatedTimes, made);
}

function unequal({ field }: StoredColumn): TypeError {
  return argumentError(
    "scatter",
    `\`scatter\` needs equally many instances in all columns, but \`${field.name}\` differs`,
  );
}
