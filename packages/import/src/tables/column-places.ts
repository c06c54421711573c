import { EntityPath, type EntityPathLike } from "@rerun-ts/core";
import { toEntityPath } from "@rerun-ts/core/encode";
import type { DataType } from "apache-arrow";
import type { ImportTableOptions } from "./table-options.ts";

/** A column of a file. */
interface PlainColumn {
  readonly name: string;
  readonly type: DataType;
  /** Its position in the file. */
  readonly position: number;
}

/** Columns of a file that are one component of an entity. */
export interface PlacedColumn {
  readonly entityPath: string;
  readonly component: string;
  /** The columns: one, or the fields of a struct. */
  readonly members: readonly PlainColumn[];
  readonly isStruct: boolean;
}

/** The component of a struct of several columns, as in Rerun's importer. */
const STRUCT = "data";
const DELIMITER = "_";

/** Decides which entity and component each column without an archetype becomes. */
export function placeColumns(
  columns: readonly PlainColumn[],
  grouping: ImportTableOptions["columnGrouping"],
  entityPath: EntityPathLike = "/",
): readonly PlacedColumn[] {
  const { path: parent } = toEntityPath(entityPath);
  const below = (name: string): string => parent.join(...name.split("/").filter((part) => part !== "")).toString();
  if (grouping === undefined) return columns.map((column) => single(namedPlace(column.name, parent), column));
  if (grouping === "individual")
    return columns.map((column) => single({ entityPath: below(column.name), component: column.name }, column));
  const groups = new Map<string, PlainColumn[]>();
  for (const column of columns) {
    const [prefix, rest] = splitName(column.name);
    const members = groups.get(prefix) ?? [];
    // The fields of a struct have different names.
    const name = members.some((member) => member.name === rest) ? column.name : rest;
    groups.set(prefix, [...members, { ...column, name }]);
  }
  return Array.from(groups, ([prefix, members]) => {
    const [first] = members as [PlainColumn];
    return members.length === 1
      ? single({ entityPath: below(prefix), component: first.name }, first)
      : { entityPath: below(prefix), component: STRUCT, members, isStruct: true };
  });
}

function single(place: { readonly entityPath: string; readonly component: string }, column: PlainColumn): PlacedColumn {
  return { ...place, members: [column], isStruct: false };
}

/** The place of a column that may be named `/entity:component`. */
function namedPlace(name: string, parent: EntityPath): { readonly entityPath: string; readonly component: string } {
  const split = name.startsWith("/") ? name.indexOf(":") : -1;
  if (split <= 0) return { entityPath: parent.toString(), component: name };
  return { entityPath: EntityPath.parse(name.slice(0, split)).toString(), component: name.slice(split + 1) };
}

/** The text before the first delimiter and the rest. A name without a rest has itself as both. */
function splitName(name: string): readonly [prefix: string, rest: string] {
  const at = name.indexOf(DELIMITER);
  return at < 0 || at === name.length - 1 ? [name, name] : [name.slice(0, at), name.slice(at + 1)];
}
