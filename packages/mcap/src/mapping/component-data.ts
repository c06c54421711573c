import { Field, FixedSizeList, Float32, Float64, Int32, List, type Data, type DataType } from "apache-arrow";
import { makeArray, nullsWithout } from "@rerun-ts/reading/chunks";
import { BytesColumn } from "../columns/leaf-columns.ts";
import { NumberColumn } from "../columns/number-column.ts";
import { getOrAdd } from "@rerun-ts/core/util";

/** The values of a component: a list of instances for each row. */
export interface ComponentData {
  /** The full name of the archetype. */
  readonly archetype: string | undefined;
  /** The name in the chunk, e.g. `Points3D:positions`. */
  readonly name: string;
  /** The full name of the component type, if there is one. */
  readonly componentType: string | undefined;
  readonly lists: Data;
}

/** A component of Rerun's own archetypes: `component("Points3D:positions", "Position3D", lists)`. */
export function component(name: string, componentType: string | undefined, lists: Data): ComponentData {
  return {
    archetype: `rerun.archetypes.${name.slice(0, name.indexOf(":"))}`,
    name,
    componentType: componentType === undefined ? undefined : `rerun.components.${componentType}`,
    lists,
  };
}

/** A component of a message's own archetype. */
export function ownComponent(archetype: string, name: string, lists: Data, componentType?: string): ComponentData {
  return { archetype, name, componentType: componentType && `rerun.components.${componentType}`, lists };
}

/** The types of lists by those of their items. */
const listTypes = new WeakMap<DataType, List>();

/** Lists of instances, by where each row's begin and end. */
export function instanceLists(offsets: Int32Array, instances: Data, isPresent?: (row: number) => boolean): Data {
  const length = offsets.length - 1;
  const type = getOrAdd(listTypes, instances.type, () => new List(new Field("item", instances.type, true)));
  const nulls = isPresent && nullsWithout(length, isPresent);
  return makeArray(type, length, { offsets, nulls, children: [instances] });
}

/** One instance in each row. */
export function onePerRow(instances: Data): Data {
  return instanceLists(everyNth(instances.length, 1), instances);
}

/** One instance in each row that has one. */
export function optional(instances: Data, isPresent: (row: number) => boolean, rows: number): Data {
  if (instances.length === rows) return onePerRow(instances);
  const offsets = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) offsets[row + 1] = (offsets[row] as number) + (isPresent(row) ? 1 : 0);
  return instanceLists(offsets, instances, isPresent);
}

/** The offsets of lists that all have a number of items. */
export function everyNth(rows: number, count: number): Int32Array {
  const offsets = new Int32Array(rows + 1);
  for (let row = 1; row <= rows; row++) offsets[row] = row * count;
  return offsets;
}

/** An array of vectors, one after the other. */
export function vectorData(values: Float32Array | Float64Array | Int32Array, size: number): Data {
  const item =
    values instanceof Float32Array ? new Float32() : values instanceof Int32Array ? new Int32() : new Float64();
  const items = makeArray(item, values.length, { values });
  const type = new FixedSizeList(size, new Field("item", item, false));
  return makeArray(type, values.length / size, { children: [items] });
}

/** An array of numbers. Numbers that already have its type are not copied. */
export function numberData(kind: NumberColumn["kind"], values: Iterable<number | bigint>): Data {
  if (kind === "float64" && values instanceof Float64Array) return makeArray(new Float64(), values.length, { values });
  const column = new NumberColumn(kind);
  for (const value of values) column.push(value);
  return column.toData();
}

/** An array of texts. */
export function texts(values: Iterable<string>): Data {
  const column = new BytesColumn(true);
  for (const value of values) column.pushText(value);
  return column.toData();
}

/** The same in each row. */
export function repeatValue<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}
