import { EntityPath, type EntityPathLike } from "@rerun-ts/core";
import { argumentError, checkEntityPath, invalidArgument } from "@rerun-ts/core/checks";
import { DataType, Field, type Schema } from "apache-arrow";
import { typeText } from "../arrays/layout.ts";
import { listType } from "../store/arrow-types.ts";
import { indexType, type FloatIndex } from "./time-columns.ts";

/** A column of a table, with the place of its values. */
export interface TableColumn {
  readonly field: Field;
  readonly position: number;
}

/** The components of one entity in a table. */
export interface EntityColumns {
  readonly entityPath: string;
  readonly components: readonly TableColumn[];
}

/** Options for turning a table into chunks. */
export interface TablePlan {
  readonly indexes: readonly TableColumn[];
  readonly entities: readonly EntityColumns[];
}

/** Options of `sendDataframe`. */
export interface DataframeOptions {
  /**
   * The columns with timelines, or `null` for a static table. Default: those marked in their metadata, as in tables of
   * queries.
   */
  index?: string | readonly string[] | null | undefined;
  /** The entity of columns without one in their name. Default `/`. */
  entityPath?: EntityPathLike | undefined;
  /** Meaning of timelines of floating-point numbers: seconds of a duration, or since 1970. Default: an error. */
  floatIndex?: FloatIndex | undefined;
}

/**
 * Decides which columns are timelines, and to which entity the others belong. @throws {TypeError} if that is unclear
 */
export function planTable(schema: Schema, options: DataframeOptions): TablePlan {
  const columns = schema.fields.map((field, position) => ({ field, position })).filter(({ field }) => !isRowId(field));
  const indexes = findIndexes(columns, options.index);
  const byEntity = new Map<string, TableColumn[]>();
  for (const { field, position } of columns) {
    if (indexes.some((index) => index.position === position)) continue;
    const { entityPath, name } = placeOf(field, schema, options.entityPath);
    const own = byEntity.get(entityPath) ?? [];
    byEntity.set(entityPath, own);
    own.push({ field: componentField(field, name), position });
  }
  if (byEntity.size === 0)
    throw argumentError("data", "`data` must have a column besides its timelines, but it has none");
  const timelines = indexes.map(({ field, position }) => ({ field: indexField(field, options.floatIndex), position }));
  checkTimelineNames(timelines.map(({ field }) => field.name));
  return {
    indexes: timelines,
    entities: Array.from(byEntity, ([entityPath, components]) => ({ entityPath, components })),
  };
}

/** @throws {TypeError} if two columns have the same timeline */
export function checkTimelineNames(names: readonly string[]): void {
  const twice = names.find((name, position) => names.indexOf(name) !== position);
  if (twice !== undefined)
    throw argumentError(
      "index",
      `\`index\` must have one column for each timeline, but ${JSON.stringify(twice)} has two`,
    );
}

function isRowId({ metadata }: Field): boolean {
  const kind = metadata.get("rerun:kind");
  return kind === "control" || kind === "row_id" || metadata.get("ARROW:extension:name") === "rerun.datatypes.TUID";
}

function isIndex({ metadata }: Field): boolean {
  const kind = metadata.get("rerun:kind");
  return kind === "index" || kind === "time" || metadata.has("rerun:index_name");
}

function findIndexes(columns: readonly TableColumn[], index: DataframeOptions["index"]): readonly TableColumn[] {
  const marked = columns.filter(({ field }) => isIndex(field));
  if (index === null) {
    if (marked.length === 0) return [];
    throw argumentError("index", `\`index\` is null, but the column ${marked[0]?.field.name} is a timeline`);
  }
  if (index === undefined) {
    if (marked.length > 0) return marked;
    throw argumentError(
      "index",
      "no column is marked as a timeline: `index` must name one, or be null for static data",
    );
  }
  return (typeof index === "string" ? [index] : index).map((name) => {
    const found = columns.find(({ field }) => field.name === name);
    if (found !== undefined) return found;
    const names = columns.map(({ field }) => JSON.stringify(field.name)).join(", ");
    throw invalidArgument("index", `a column of the table (${names})`, name);
  });
}

function indexField({ name, type, metadata }: Field, floatIndex: FloatIndex | undefined): Field {
  const timeline = metadata.get("rerun:index_name") ?? name;
  const times = indexType(type, floatIndex);
  if (times === undefined)
    throw argumentError(
      "index",
      `the column ${name} must have an integer, timestamp or duration type to be a timeline, got ${typeText(type)} ` +
        "(`floatIndex` allows float32 and float64)",
    );
  const own = new Map([
    ["rerun:index_name", timeline],
    ["rerun:kind", "index"],
  ]);
  return new Field(timeline, times, true, own);
}

/** Keys of a column's metadata that its chunk also has. */
const KEPT = ["rerun:archetype", "rerun:component_type"];

function componentField({ type, metadata }: Field, component: string): Field {
  const own = new Map<string, string>();
  for (const key of KEPT) {
    const value = metadata.get(key);
    if (value !== undefined) own.set(key, value);
  }
  own.set("rerun:component", component).set("rerun:kind", "data");
  // Rerun reads a large list as one instance.
  return new Field(component, listType(DataType.isLargeList(type) ? type.valueType : type), true, own);
}

/** The entity and the component of a column: from its metadata, or from a name such as `/entity:component`. */
function placeOf(
  { name, metadata }: Field,
  schema: Schema,
  entityPath: EntityPathLike | undefined,
): { readonly entityPath: string; readonly name: string } {
  const component = metadata.get("rerun:component");
  const named = metadata.get("rerun:entity_path") ?? schema.metadata.get("rerun:entity_path");
  if (named !== undefined) return { entityPath: EntityPath.parse(named).toString(), name: component ?? name };
  const split = name.startsWith("/") ? name.indexOf(":") : -1;
  if (split > 0)
    return { entityPath: EntityPath.parse(name.slice(0, split)).toString(), name: component ?? name.slice(split + 1) };
  return { entityPath: checkEntityPath("entityPath", entityPath ?? "/").toString(), name: component ?? name };
}
