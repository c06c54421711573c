import {
  type DataType,
  Float64,
  Int64,
  Bool,
  Utf8,
  type Data,
  type Vector,
  isArrowVector,
  makeVector,
  vectorFromArray,
} from "apache-arrow";
import { invalidArgument } from "@rerun-ts/core/checks";
import { gather } from "../arrays/gather.ts";
import { makeArray, nullsOf } from "../arrays/make-array.ts";
import { checkOwnClasses } from "../arrays/own-classes.ts";
import { RowRanges } from "../arrays/row-ranges.ts";

/** The instances of all rows of a component, and the range of each row among them. */
export interface Instances {
  /** The instances, without any that belong to no row. */
  readonly items: Data;
  /** The first instance of each row, and the number of all. */
  readonly offsets: Int32Array;
  /** Whether a row has lost all of its instances, and is null. Default: `false` for all rows. */
  readonly isLost?: ((row: number) => boolean) | undefined;
}

/** The instances of lists. Lists that are null have none. */
export function instancesOf(lists: Data): Instances {
  const offsets = lists.valueOffsets as Int32Array;
  const items = lists.children[0] as Data;
  const isWhole = offsets[0] === 0 && offsets[lists.length] === items.length;
  if (isWhole && lists.nullCount === 0) return { items, offsets: offsets.subarray(0, lists.length + 1) };
  // Null lists may have instances, too, which belong to no row.
  const ranges = new RowRanges();
  const own = new Int32Array(lists.length + 1);
  for (let row = 0; row < lists.length; row++) {
    const start = offsets[row] as number;
    if (lists.getValid(row)) ranges.push(0, start, (offsets[row + 1] as number) - start);
    own[row + 1] = ranges.length;
  }
  return { items: gather(items.type, [items], ranges), offsets: own };
}

/** Lists of instances, with the nulls of other lists. */
export function listsOf(type: DataType, { items, offsets }: Instances, others: Data): Data {
  return makeArray(type, offsets.length - 1, { offsets, nulls: nullsOf(others), children: [items] });
}

/** All elements of a vector as one array, which begins at the start of its buffers. */
function wholeData(vector: Vector): Data {
  const ranges = new RowRanges();
  for (const [index, { length }] of vector.data.entries()) ranges.push(index, 0, length);
  return gather(vector.type as DataType, vector.data as readonly Data[], ranges);
}

/** The values that a function returns for a column. */
export type ColumnValues = Vector | ArrayBufferView | readonly unknown[];

/** Values of a function as an array. @throws {TypeError} if they are none, or not `length` */
export function valuesData(values: ColumnValues, length: number, argument: string): Data {
  const vector = vectorOf(values);
  if (vector === undefined)
    throw invalidArgument(argument, "a function that returns a vector, a typed array or an array", values);
  checkOwnClasses(argument, [vector.type]);
  if (vector.length !== length)
    throw invalidArgument(argument, `a function that returns ${length} values, one for each`, vector.length);
  return wholeData(vector);
}

function vectorOf(values: unknown): Vector | undefined {
  if (isArrowVector(values)) return values;
  if (ArrayBuffer.isView(values) && !(values instanceof DataView)) return makeVector(values as Float64Array);
  if (!Array.isArray(values)) return undefined;
  const first: unknown = values.find((value) => value !== null && value !== undefined);
  // Without a type, apache-arrow would make a dictionary of strings.
  const type = PLAIN_TYPES[typeof first]?.();
  return type === undefined ? vectorFromArray(values) : vectorFromArray(values, type as Utf8);
}

const PLAIN_TYPES: Readonly<Record<string, () => DataType>> = {
  string: () => new Utf8(),
  number: () => new Float64(),
  bigint: () => new Int64(),
  boolean: () => new Bool(),
};
