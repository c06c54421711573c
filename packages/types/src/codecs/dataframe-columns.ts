import { isTimeObject } from "./times.ts";

/** Splits `/entity/path:Component` at the first colon that is not escaped. `undefined` for other values. */
export function selectorOf(value: unknown): unknown {
  const [, entityPath, component] = (typeof value === "string" ? /^((?:\\.|[^\\:])+):(.+)$/su.exec(value) : null) ?? [];
  return component === undefined ? undefined : { entityPath, component };
}

/** Sorts a list of names of timelines and of columns, and adds the list that an object lacks. Else `undefined`. */
export function selectedColumnsOf(value: unknown): unknown {
  if (typeof value === "object" && value !== null && ("timeColumns" in value || "componentColumns" in value)) {
    return { timeColumns: [], componentColumns: [], ...value };
  }
  if (!isColumnList(value)) return undefined;
  const isTime = (column: unknown): boolean => typeof column === "string" && selectorOf(column) === undefined;
  return {
    timeColumns: value.filter((column) => isTime(column)),
    componentColumns: value.filter((column) => !isTime(column)),
  };
}

/** Whether a list is one list of columns, and not several or, as an empty list is for every field, none. */
export function isOneColumnList(values: unknown): boolean {
  return isColumnList(values) && values.length > 0;
}

/** The filter for a column. `undefined` for other values. */
export function notNullFilterOf(value: unknown): unknown {
  return typeof value === "string" || isSelector(value) ? { active: true, column: value } : undefined;
}

/** The filter between two times, `[start, end]`. `undefined` for other values. */
export function rangeFilterOf(value: unknown): unknown {
  return isTimePair(value) ? { start: value[0], end: value[1] } : undefined;
}

/** Whether a list is two times, and not a list of pairs. */
export function isTimePair(values: unknown): values is readonly [unknown, unknown] {
  if (!Array.isArray(values) || values.length !== 2) return false;
  return values.every((value) => typeof value !== "object" || isTimeObject(value));
}

function isColumnList(values: unknown): values is readonly unknown[] {
  return Array.isArray(values) && values.every((value) => typeof value === "string" || isSelector(value));
}

function isSelector(value: unknown): boolean {
  return typeof value === "object" && value !== null && "entityPath" in value;
}
