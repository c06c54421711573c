import { toEntityPath } from "@rerun-ts/core/encode";
import {
  argumentError,
  describeValue,
  didYouMean,
  InvalidValueError,
  invalidArgument,
  suggestName,
} from "@rerun-ts/core/checks";
import type { EntityPathLike } from "@rerun-ts/core";
import type { TypedField } from "@rerun-ts/types";
import { EntityNode } from "@rerun-ts/types/archetype-names";
import { DataType } from "apache-arrow";
import { typeText } from "../arrays/layout.ts";
import type { QueriedKind, QueryOptions } from "../query/query-options.ts";
import type { ComponentColumn, IndexColumn } from "../store/chunk-info.ts";
import { isProperty, type StoreIndex } from "../store/store-index.ts";
import type { ColumnChoices, TimeForm } from "../query/column-choice.ts";
import { fieldType, haveSameValues, isField } from "./field-type.ts";

/** A column that is read: a timeline, or a component. */
export type PlannedColumn = PlannedTimes | PlannedCells;

/** A timeline that is read. */
export interface PlannedTimes {
  readonly key: string;
  readonly timeline: string;
  readonly form: TimeForm;
}

/** A component that is read. */
export interface PlannedCells {
  readonly key: string;
  /** The name of the column. */
  readonly name: string;
  readonly field: TypedField<unknown>;
  /** The only instance of each cell. Default: all of them, as a list. */
  readonly instance: number | undefined;
}

/** Columns that are read, with the options of the query for them. */
export interface TypedColumnPlan {
  readonly columns: readonly PlannedColumn[];
  readonly options: QueryOptions;
}

/** Checks chosen columns. @throws {TypeError} if one is wrong, or is not in the recording */
export function planColumns(
  store: StoreIndex,
  options: QueryOptions,
  choices: ColumnChoices,
  isLive: boolean,
  what: QueriedKind = "recording",
): TypedColumnPlan {
  if (typeof choices !== "object" || (choices as unknown) === null || Array.isArray(choices))
    throw invalidArgument("columns", "an object of columns by name", choices);
  const known = columnsByName(store);
  const columns = Object.entries(choices).map(([key, choice]) =>
    planTypedColumn(store, known, key, choice, isLive, undefined, what),
  );
  const names = columns.flatMap((column) => ("name" in column ? [column.name] : []));
  for (const column of columns) {
    if (!("name" in column) || options.columns === undefined || options.columns.includes(column.name)) continue;
    throw argumentError("columns", `\`columns.${column.key}\` must be in \`columns\` of the query, got ${column.name}`);
  }
  return { columns, options: names.length === 0 ? options : { ...options, columns: [...new Set(names)] } };
}

/** Checks a chosen column. @throws {TypeError} if the column is wrong, or is not in the recording */
export function planTypedColumn(
  store: StoreIndex,
  knownColumns: KnownColumns,
  key: string,
  choice: unknown,
  isLive: boolean,
  argument: string = `columns.${key}`,
  what: QueriedKind = "recording",
): PlannedColumn {
  if (Array.isArray(choice) && choice.length >= 2 && choice.length <= 3) {
    const [place, wanted, instance] = choice as unknown[];
    if (isForm(wanted) && choice.length === 2)
      return { key, ...planTimes(store, argument, place, wanted, isLive, what) };
    if (isField(wanted)) {
      checkInstance(argument, instance);
      const name = `${pathText(argument, place)}:${wanted.descriptor.component}`;
      if (!hasColumn(knownColumns, name, wanted, argument) && !isLive)
        throw missing(store, argument, place, wanted, what);
      return { key, name, field: wanted, instance };
    }
  }
  throw invalidArgument(
    argument,
    '["/entity", rr.Scalars.scalars] with or without the index of an instance, or ["timeline", BigInt | Number | Date]',
    choice,
  );
}

/** Checks a timeline and its form. */
export function planTimes(
  store: StoreIndex,
  argument: string,
  timeline: unknown,
  form: TimeForm,
  isLive: boolean,
  what: QueriedKind = "recording",
): Omit<PlannedTimes, "key"> {
  if (typeof timeline !== "string") throw invalidArgument(argument, "the name of a timeline", timeline);
  const stored = store.timelines.find(({ name }) => name === timeline);
  if (stored === undefined && !isLive) {
    const names = store.timelines.map(({ name }) => name);
    throw argumentError(
      "columns",
      `\`${argument}\` must be a timeline of the ${what} (${names.join(", ")}), got ` +
        didYouMean(timeline, suggestName(timeline, names)),
    );
  }
  if (stored !== undefined) checkForm(argument, stored, form);
  return { timeline, form };
}

function checkForm(argument: string, { name, type }: IndexColumn, form: TimeForm): void {
  if (form !== Date || DataType.isTimestamp(type)) return;
  throw argumentError("columns", `\`${argument}\` must be BigInt or Number, because ${name} has no timestamps`);
}

/** Whether a value is the form of times. */
export function isForm(value: unknown): value is TimeForm {
  return value === BigInt || value === Number || value === Date;
}

/** Checks the index of an instance. @throws {TypeError} */
export function checkInstance(argument: string, instance: unknown): asserts instance is number | undefined {
  if (instance === undefined || (Number.isInteger(instance) && (instance as number) >= 0)) return;
  throw invalidArgument(argument, "the index of an instance, a non-negative integer", instance);
}

/** The columns of a recording by their names. */
export type KnownColumns = ReadonlyMap<string, ComponentColumn>;

/** The columns of a recording by their names. */
export function columnsByName({ columns }: StoreIndex): KnownColumns {
  return new Map(columns.map((column) => [column.name, column]));
}

/** Whether a recording has a column. @throws {TypeError} if its values have another type than the field */
export function hasColumn(known: KnownColumns, name: string, field: TypedField<unknown>, argument: string): boolean {
  const column = known.get(name);
  if (column === undefined) return false;
  const expected = fieldType(field);
  if (column.isSemanticallyEmpty || haveSameValues(column.type, expected)) return true;
  throw argumentError(
    "columns",
    `\`${argument}\` must have values of ${field.label}, ${typeText(expected)}, but ${name} has ${typeText(column.type)}`,
  );
}

function pathText(argument: string, place: unknown): string {
  const path = EntityNode.definitionOf(place) === undefined ? place : (place as EntityNode).path;
  try {
    return String(toEntityPath(path as EntityPathLike).path);
  } catch (error) {
    throw error instanceof InvalidValueError ? error.toError(argument) : error;
  }
}

function missing(
  store: StoreIndex,
  argument: string,
  place: unknown,
  field: TypedField<unknown>,
  what: QueriedKind,
): TypeError {
  const path = pathText(argument, place);
  const { component } = field.descriptor;
  return argumentError(
    "columns",
    `\`${argument}\`: ${noComponent(store, path, component) ?? noEntity(store, [path], what)}`,
  );
}

/** The message for components that a recorded entity lacks, undefined for an entity that is not recorded. */
export function noComponent(store: StoreIndex, path: string, wanted: string): string | undefined {
  const own = store.columns.filter(({ entityPath }) => entityPath === path).map(({ component }) => component);
  return own.length === 0 ? undefined : `${path} has ${listed(own)}, but no ${wanted}`;
}

/** The message for entities that a recording lacks. */
export function noEntity(store: StoreIndex, wanted: readonly string[], what: QueriedKind = "recording"): string {
  const paths = [...new Set(store.columns.map(({ entityPath }) => entityPath))].filter((each) => !isProperty(each));
  const [only] = wanted;
  if (paths.length === 0) return `the ${what} has no entities, got ${describeValue(only)}`;
  const lacks =
    only !== undefined && wanted.length === 1
      ? `no entity ${didYouMean(only, suggestName(only, paths))}`
      : `none of ${listed(wanted)}`;
  return `the ${what} has ${lacks}; it has ${listed(paths)}`;
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`;
}
