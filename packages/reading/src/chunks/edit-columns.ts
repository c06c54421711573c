import { argumentError, invalidArgument } from "@rerun-ts/core/checks";
import { Field, Vector, type Data } from "apache-arrow";
import { gather } from "../arrays/gather.ts";
import { RowRanges } from "../arrays/row-ranges.ts";
import { listOfType } from "./list-of-type.ts";
import type { ChunkColumn, ChunkData, StoredColumn } from "../store/chunk-data.ts";
import { instancesOf, listsOf, valuesData, type ColumnValues } from "./instances.ts";
import { makeChunk } from "./make-chunk.ts";
import { isPromise } from "@rerun-ts/core/util";

/** The timelines and components of a chunk. */
export function columnsOf(chunk: ChunkData): readonly StoredColumn[] {
  return chunk.columns.filter((_, index) => index !== chunk.layout.rowIds);
}

/** The ids of the rows of a chunk. */
export function rowIdsOf(chunk: ChunkData): StoredColumn {
  return chunk.column(chunk.layout.rowIds);
}

/** A copy of a chunk with other columns. */
export function withColumns(chunk: ChunkData, columns: readonly StoredColumn[], entityPath?: string): ChunkData {
  return makeChunk({ entityPath: entityPath ?? chunk.entityPath, rows: chunk.rows, columns, rowIds: rowIdsOf(chunk) });
}

/** A copy of some rows of a chunk. */
function takeRows(chunk: ChunkData, ranges: RowRanges): ChunkData {
  const take = ({ field, data }: StoredColumn): StoredColumn => ({ field, data: gather(field.type, [data], ranges) });
  const { entityPath } = chunk;
  const rowIds = take(rowIdsOf(chunk));
  return makeChunk({ entityPath, rows: ranges.length, columns: columnsOf(chunk).map(take), rowIds });
}

/** A copy of the rows from `start` to before `end`, which count from the end if they are negative. */
export function sliceRows(chunk: ChunkData, start: number, end: number): ChunkData {
  const place = (name: string, value: number): number => {
    if (!Number.isInteger(value)) throw invalidArgument(name, "an integer", value);
    return Math.min(Math.max(value < 0 ? value + chunk.rows : value, 0), chunk.rows);
  };
  const from = place("start", start);
  const ranges = new RowRanges();
  ranges.push(0, from, Math.max(place("end", end) - from, 0));
  return takeRows(chunk, ranges);
}

/** A copy of the rows for which a function returns true. */
export function filterRows(chunk: ChunkData, keeps: (row: number) => boolean): ChunkData {
  if (typeof keeps !== "function") throw invalidArgument("keeps", "a function of the row's number", keeps);
  const ranges = new RowRanges();
  for (let row = 0; row < chunk.rows; row++) {
    const isKept: unknown = keeps(row);
    // A promise would always count as true.
    if (isPromise(isKept)) throw invalidArgument("keeps", "a function without `async`", isKept);
    if (isKept) ranges.push(0, row, 1);
  }
  return takeRows(chunk, ranges);
}

/** A copy without some timelines or components. */
export function dropColumns(chunk: ChunkData, names: readonly string[]): ChunkData {
  const positions = new Set(names.map((name) => columnNamed(chunk, name, true).index));
  return withColumns(
    chunk,
    chunk.columns.filter((_, index) => index !== chunk.layout.rowIds && !positions.has(index)),
  );
}

/** A copy whose timelines and components have other names. */
export function renameColumns(chunk: ChunkData, names: Readonly<Record<string, string>>): ChunkData {
  if (typeof names !== "object" || names === null)
    throw invalidArgument("names", "an object with the new names by the old ones", names);
  const renamed = new Map<number, string>();
  for (const [from, to] of Object.entries(names)) {
    if (typeof to !== "string" || to === "") throw invalidArgument(`names.${from}`, "a non-empty string", to);
    renamed.set(columnNamed(chunk, from, true).index, to);
  }
  const { timelines, components } = chunk.layout;
  const newNames = [...timelines, ...components].map(({ name, index }) => renamed.get(index) ?? name);
  const twice = newNames.find((name, index) => newNames.indexOf(name) < index);
  if (twice !== undefined)
    throw argumentError("names", `\`names\` must keep the columns different, but two are ${JSON.stringify(twice)}`);
  const isTime = new Set(timelines.map(({ index }) => index));
  const columns = chunk.columns.map(({ field, data }, index) => {
    const to = renamed.get(index);
    return to === undefined ? { field, data } : { field: renameField(field, to, isTime.has(index)), data };
  });
  return withColumns(
    chunk,
    columns.filter((_, index) => index !== chunk.layout.rowIds),
  );
}

function renameField({ type, nullable, metadata }: Field, name: string, isTime: boolean): Field {
  const own = new Map(metadata);
  if (isTime) return new Field(name, type, nullable, own.set("rerun:index_name", name));
  const archetype = own.get("rerun:archetype");
  own.set("rerun:component", name);
  // A component with another name prefix belongs to another archetype, or to none.
  if (archetype !== undefined && !name.startsWith(`${archetype.slice(archetype.lastIndexOf(".") + 1)}:`))
    own.delete("rerun:archetype");
  return new Field(name, type, nullable, own);
}

/** A copy with other instances of a component. */
export function mapColumn(chunk: ChunkData, component: string, map: (instances: Vector) => ColumnValues): ChunkData {
  if (typeof map !== "function") throw invalidArgument("map", "a function of the instances", map);
  const column = columnNamed(chunk, component, false);
  const lists = chunk.values(column);
  const { items, offsets } = instancesOf(lists);
  const mapped = valuesData(map(new Vector([items])), items.length, "map");
  return replaceColumn(chunk, column, { items: mapped, offsets }, lists);
}

/** A copy with other instances of a column, in other lists. */
export function replaceColumn(
  chunk: ChunkData,
  { index, field: { name, metadata } }: ChunkColumn,
  instances: { readonly items: Data; readonly offsets: Int32Array },
  nullsOf: Data,
): ChunkData {
  const type = listOfType(instances.items.type);
  const field = new Field(name, type, true, metadata);
  const replaced = { field, data: listsOf(type, instances, nullsOf) };
  const columns = chunk.columns.map((column, at) => (at === index ? replaced : column));
  return withColumns(
    chunk,
    columns.filter((_, at) => at !== chunk.layout.rowIds),
  );
}

/** A component of a chunk, or a timeline too. @throws {TypeError} if there is none of that name */
export function columnNamed({ layout }: ChunkData, name: string, withTimelines: boolean): ChunkColumn {
  const all = withTimelines ? [...layout.timelines, ...layout.components] : layout.components;
  const found = all.find((column) => column.name === name);
  if (found !== undefined) return found;
  const names = all.map((column) => JSON.stringify(column.name)).join(", ");
  throw invalidArgument(withTimelines ? "name" : "component", `one of the chunk's columns (${names || "none"})`, name);
}
