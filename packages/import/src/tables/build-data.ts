import { describeValue, isUint8Array } from "@rerun-ts/core/checks";
import { type Data, DataType, Precision, vectorFromArray } from "apache-arrow";
import {
  arrayTypeOf,
  childFieldsOf,
  isByte,
  makeArray,
  nullsWithout,
  typeText,
  type Nulls,
} from "@rerun-ts/reading/chunks";
import type { TableCell } from "./table-batch.ts";

/** A value that cannot have the type of its column. */
export class WrongCellError extends Error {
  override readonly name = "WrongCellError";

  constructor(type: DataType, value: unknown) {
    super(`a value of type ${typeText(type)}, got ${describeValue(value)}`);
  }
}

/** A value whose type in Rerun cannot be known from a table. */
export class UnionCellError extends Error {
  override readonly name = "UnionCellError";
}

/** Values of cells: also objects, from JSON. */
type Value = TableCell | Readonly<Record<string, unknown>> | undefined;

/**
 * Makes an Arrow array of a type of Rerun from values as queries write them. Texts may represent other values: numbers,
 * bytes in Base64, and lists and structs in JSON.
 *
 * @throws {WrongCellError} if a value cannot have the type
 */
export function buildData(type: DataType, values: readonly Value[], isNullable = true): Data {
  const nulls = nullsIn(type, values, isNullable);
  const hasNulls = nulls !== undefined;
  if (DataType.isInt(type) || DataType.isTimestamp(type) || DataType.isDuration(type))
    return makeArray(type, values.length, { values: integersOf(type, values), nulls });
  if (DataType.isFloat(type) && type.precision !== Precision.HALF)
    return makeArray(type, values.length, { values: floatsOf(type, values), nulls });
  if (DataType.isBool(type) || DataType.isUtf8(type) || DataType.isBinary(type)) {
    const convert = DataType.isBool(type) ? booleanOf : DataType.isUtf8(type) ? textOf : binaryOf;
    const cells = values.map((value) => (isNull(value) ? null : convert(type, value)));
    return vectorFromArray(cells, type as never).data[0] as unknown as Data;
  }
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    const size = DataType.isFixedSizeList(type) ? type.listSize : undefined;
    const lists = values.map((value) => listOf(type, value, size));
    const [item] = childFieldsOf(type) as [(typeof type.children)[0]];
    const items = itemsOf(item.type as DataType, lists, item.nullable || hasNulls);
    const offsets = size === undefined ? offsetsOf(lists) : undefined;
    return makeArray(type, values.length, { offsets, nulls, children: [items] });
  }
  if (DataType.isUnion(type)) throw new UnionCellError();
  if (!DataType.isStruct(type)) throw new WrongCellError(type, values.find((value) => !isNull(value)) ?? null);
  const structs = values.map((value) => structOf(type, value));
  const children = type.children.map(({ name, type: child, nullable }) =>
    buildData(
      child as DataType,
      structs.map((struct) => (struct !== undefined && Object.hasOwn(struct, name) ? (struct[name] as Value) : null)),
      // A struct that is null has nulls in all fields.
      nullable || hasNulls,
    ),
  );
  return makeArray(type, values.length, { nulls, children });
}

/** JSON has null for NaN, where a number may not be null. */
function nullsIn(type: DataType, values: readonly Value[], isNullable: boolean): Nulls | undefined {
  if ((DataType.isFloat(type) && !isNullable) || !values.some(isNull)) return undefined;
  if (!isNullable) throw new WrongCellError(type, null);
  return nullsWithout(values.length, (row) => !isNull(values[row]));
}

function isNull(value: Value): value is null | undefined {
  return value === null || value === undefined;
}

function integersOf(type: DataType, values: readonly Value[]): ArrayBufferView {
  const numbers = new (arrayTypeOf(type) as unknown as new (length: number) => Int32Array | BigInt64Array)(
    values.length,
  );
  const isBig = numbers instanceof BigInt64Array || (numbers as unknown) instanceof BigUint64Array;
  for (const [row, value] of values.entries()) {
    if (isNull(value)) continue;
    const integer = isBig || typeof value !== "number" ? integerOf(type, value) : value;
    const stored = isBig ? integer : Number(integer);
    (numbers as unknown as (number | bigint)[])[row] = stored;
    // A fraction, or a value out of range.
    if (numbers[row] !== stored) throw new WrongCellError(type, value);
  }
  return numbers;
}

function integerOf(type: DataType, value: Value): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^\s*-?\d{1,20}(?:\.0*)?\s*$/.test(value))
    return BigInt(value.replace(/\.0*\s*$/, ""));
  throw new WrongCellError(type, value);
}

function floatsOf(type: DataType, values: readonly Value[]): ArrayBufferView {
  const numbers = new (arrayTypeOf(type) as unknown as new (length: number) => Float64Array)(values.length);
  for (const [row, value] of values.entries()) numbers[row] = isNull(value) ? Number.NaN : numberOf(type, value);
  return numbers;
}

function numberOf(type: DataType, value: Value): number {
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  if (!Number.isNaN(number) || value === "NaN") return number;
  throw new WrongCellError(type, value);
}

function booleanOf(type: DataType, value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "string" && /^\s*(?:true|false)\s*$/i.test(value)) return value.trim().toLowerCase() === "true";
  throw new WrongCellError(type, value);
}

function textOf(type: DataType, value: Value): string {
  if (typeof value === "string") return value;
  throw new WrongCellError(type, value);
}

function binaryOf(type: DataType, value: Value): Uint8Array {
  if (isUint8Array(value)) return value;
  throw new WrongCellError(type, value);
}

type List = readonly Value[] | Uint8Array | null;

/** A list, which has `size` elements if it is not null. */
function listOf(type: DataType, value: Value, size: number | undefined): List {
  if (isNull(value)) return size === undefined ? null : Array.from({ length: size }, () => null);
  const isBytes = isByte((childFieldsOf(type)[0] as { readonly type: DataType }).type);
  const list = typeof value === "string" ? (isBytes ? bytesIn(value) : parsed(value)) : value;
  const isList = Array.isArray(list) || isUint8Array(list);
  if (!isList || (size !== undefined && list.length !== size)) throw new WrongCellError(type, value);
  return list as List;
}

/** The elements of lists, one after the other. */
function itemsOf(type: DataType, lists: readonly List[], isNullable: boolean): Data {
  if (!isByte(type) || !lists.every((list) => list === null || isUint8Array(list)))
    return buildData(
      type,
      lists.flatMap((list) => (list === null ? [] : [...(list as Iterable<Value>)])),
      isNullable,
    );
  const bytes = new Uint8Array(lists.reduce((sum, list) => sum + (list?.length ?? 0), 0));
  let at = 0;
  for (const list of lists) {
    if (list === null) continue;
    bytes.set(list, at);
    at += list.length;
  }
  return makeArray(type, bytes.length, { values: bytes });
}

/** The offsets of lists. Lists that are null have no elements. */
export function offsetsOf(lists: readonly List[]): Int32Array {
  const offsets = new Int32Array(lists.length + 1);
  for (const [row, list] of lists.entries()) offsets[row + 1] = (offsets[row] as number) + (list?.length ?? 0);
  return offsets;
}

function structOf(type: DataType, value: Value): Readonly<Record<string, unknown>> | undefined {
  if (isNull(value)) return undefined;
  const struct = typeof value === "string" ? parsed(value) : value;
  if (typeof struct === "object" && struct !== null && !Array.isArray(struct) && !ArrayBuffer.isView(struct))
    return struct as Readonly<Record<string, unknown>>;
  throw new WrongCellError(type, value);
}

/** The value of a JSON text, or `undefined` if it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Bytes in Base64, or `undefined` if the text is none. */
function bytesIn(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
