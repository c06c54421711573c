import { ComponentColumn } from "@rerun-ts/core";
import { isPromise } from "@rerun-ts/core/util";
import { argumentError, invalidArgument } from "@rerun-ts/core/checks";
import { type Data, DataType, Field, FixedSizeList, Float64, Vector } from "apache-arrow";
import { gather } from "../arrays/gather.ts";
import { isValid } from "../arrays/is-valid.ts";
import { makeArray, nullsWithout } from "../arrays/make-array.ts";
import { RowRanges } from "../arrays/row-ranges.ts";
import { listsOf, valuesData, type ColumnValues, type Instances } from "../chunks/instances.ts";
import { chunkFromColumns } from "../chunks/new-chunk.ts";
import type { StoredColumn } from "../store/chunk-data.ts";
import { elementReader } from "../values/plain-values.ts";
import { castData } from "./cast.ts";
import { isSingle, parseFieldPath, presentOf, singleValuesAt, valuesAt } from "./field-path.ts";
import type { LensValue } from "./lens.ts";
import type { ResolvedTarget } from "./lens-target.ts";

/** The plan for one component of a lens. */
export interface ValuePlan {
  readonly target: ResolvedTarget;
  readonly value: LensValue<never>;
  readonly map: ((values: Vector) => ColumnValues) | undefined;
  /** Whether an archetype's component keeps the nulls of paths. Default `false`, because viewers reject them. */
  readonly keepsNulls?: boolean;
}

/** @throws {TypeError} if this is neither a path, nor paths, nor a function */
export function checkLensValue(value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  const paths: readonly unknown[] = typeof value === "string" ? [value] : Array.isArray(value) ? value : [];
  if (paths.length === 0 || !paths.every((path) => typeof path === "string"))
    throw invalidArgument("value", "a path, an array of paths, or a function of an instance", value);
  for (const path of paths) parseFieldPath(path);
  if (Array.isArray(value) && !paths.every((path) => isSingle(path)))
    throw argumentError("value", "`value` must be paths without `[]` if there are several: each gives one number");
}

/**
 * The column that a lens makes. A row is null if it has no instance, or loses all of them.
 *
 * @param nullsOf the lists of the instances
 * @throws {TypeError} if a path or the result of a function is wrong
 */
export function makeColumn(instances: Instances, nullsOf: Data, plan: ValuePlan): StoredColumn {
  const { target, value, map, keepsNulls = false } = plan;
  const found = typeof value === "function" ? undefined : evaluate(instances, value, target, keepsNulls);
  if (found === undefined) return callFunction(instances, nullsOf, value as (instance: never) => unknown, target);
  let { items } = found;
  if (map !== undefined) items = valuesData(map(new Vector([items])), items.length, "map");
  const { itemType } = target;
  if (itemType === undefined) return columnOf({ ...found, items }, nullsOf, target);
  const cast = { ...found, items: castData(items, itemType) };
  return columnOf(keepsNulls ? cast : presentOf(cast), nullsOf, target);
}

function evaluate(
  instances: Instances,
  value: LensValue<never>,
  target: ResolvedTarget,
  keepsNulls: boolean,
): Instances {
  if (typeof value === "string") return valuesAt(instances, value);
  const parts = (value as readonly string[]).map((path) => singleValuesAt(instances, path));
  const { itemType } = target;
  const isVector = itemType === undefined || DataType.isFixedSizeList(itemType);
  const elementType = isVector && itemType !== undefined ? (itemType.children[0] as Field).type : itemType;
  const columns = parts.map((items) => castData(items, elementType ?? new Float64()));
  const packed = interleave(columns, isVector);
  if (isVector) return { items: packed, offsets: instances.offsets };
  return spread(packed, instances.offsets, parts.length, keepsNulls);
}

/** Vectors of the elements of arrays of one type. A vector with a null is null, or without a list its elements are. */
function interleave(columns: readonly Data[], isVector: boolean): Data {
  const [first] = columns as [Data];
  const ranges = new RowRanges(first.length * columns.length);
  for (let row = 0; row < first.length; row++)
    for (let index = 0; index < columns.length; index++) ranges.push(index, row, 1);
  const elements = gather(first.type, columns, ranges);
  if (!isVector) return elements;
  const type = new FixedSizeList(columns.length, new Field("item", first.type, true));
  const isWhole = (row: number): boolean => columns.every((column) => isValid(column, row));
  const hasNulls = columns.some(({ nullCount }) => nullCount > 0);
  const nulls = hasNulls ? nullsWithout(first.length, isWhole) : undefined;
  return makeArray(type, first.length, { nulls, children: [elements] });
}

/**
 * Each element as an instance, where rows had one instance of `count` elements. Unless nulls are kept, an instance with
 * a null has none.
 */
function spread(elements: Data, offsets: Int32Array, count: number, keepsNulls: boolean): Instances {
  if (keepsNulls || elements.nullCount === 0)
    return { items: elements, offsets: offsets.map((offset) => offset * count) };
  const ranges = new RowRanges();
  const own = new Int32Array(offsets.length);
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let at = offsets[row] as number; at < (offsets[row + 1] as number); at++) {
      const isWhole = Array.from({ length: count }, (_, index) => isValid(elements, at * count + index)).every(Boolean);
      if (isWhole) ranges.push(0, at * count, count);
    }
    own[row + 1] = ranges.length;
  }
  const isLost = (row: number): boolean => own[row] === own[row + 1] && offsets[row] !== offsets[row + 1];
  return { items: gather(elements.type, [elements], ranges), offsets: own, isLost };
}

/** The results of a function of each instance. Without a result there is no instance. */
function callFunction(
  { items, offsets }: Instances,
  nullsOf: Data,
  value: (instance: never) => unknown,
  target: ResolvedTarget,
): StoredColumn {
  const read = elementReader(items);
  const results: unknown[] = [];
  const lengths: (number | null)[] = [];
  const ends = new Int32Array(offsets.length);
  for (let row = 0; row + 1 < offsets.length; row++) {
    const start = offsets[row] as number;
    const end = offsets[row + 1] as number;
    const before = results.length;
    for (let item = start; item < end; item++) {
      if (!isValid(items, item)) continue;
      const result = value(read(item) as never);
      if (isPromise(result)) throw invalidArgument("value", "a function without `async`", result);
      if (result !== undefined && result !== null) results.push(result);
    }
    ends[row + 1] = results.length;
    const count = results.length - before;
    lengths.push(count === 0 && (end > start || !isValid(nullsOf, row)) ? null : count);
  }
  const isLost = (row: number): boolean => lengths[row] === null;
  const made = { offsets: ends, isLost };
  if (target.field === undefined)
    return columnOf({ ...made, items: valuesData(results, results.length, "value") }, nullsOf, target);
  const areNumbers = results.every((result) => typeof result === "number");
  if (areNumbers && results.length > 0) checkScalar(target, results[0]);
  const values = areNumbers ? Float64Array.from(results) : results;
  const column = new ComponentColumn(target.field, values, lengths);
  const chunk = chunkFromColumns("/", { columns: [column] });
  return chunk.column(chunk.layout.components[0]?.index ?? 0);
}

/** Numbers would be joined as vectors. @throws {TypeError} if the instances of a component are vectors */
function checkScalar({ component, itemType }: ResolvedTarget, value: unknown): void {
  if (itemType === undefined || !DataType.isFixedSizeList(itemType)) return;
  const expected = `a function that returns ${itemType.listSize} numbers for \`${component}\``;
  throw invalidArgument("value", expected, value);
}

/** A column of lists of instances. Rows that lost all of them are null: they change nothing. */
function columnOf(made: Instances, nullsOf: Data, target: ResolvedTarget): StoredColumn {
  const field = target.column(made.items.type);
  const type = field.type as DataType;
  const { isLost, offsets, items } = made;
  if (isLost === undefined) return { field, data: listsOf(type, made, nullsOf) };
  const rows = offsets.length - 1;
  const nulls = nullsWithout(rows, (row) => !isLost(row) && isValid(nullsOf, row));
  return { field, data: makeArray(type, rows, { offsets, nulls, children: [items] }) };
}
