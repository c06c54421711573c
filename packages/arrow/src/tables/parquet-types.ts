import {
  Binary,
  Bool,
  Field,
  Float32,
  Float64,
  Int32,
  Int64,
  List,
  TimestampNanosecond,
  Uint64,
  Utf8,
  type DataType,
} from "apache-arrow";
import type { SchemaElement, SchemaTree } from "hyparquet";
import { jsonText } from "../values/json-text.ts";
import { storableNanos, type Cell } from "./table-batch.ts";

/** A column of a Parquet file: its Arrow type, and the conversion of the values that hyparquet makes. */
export interface ParquetColumn {
  readonly type: DataType;
  convert(this: void, value: unknown): Cell;
}

/** Values of hyparquet that keep nanoseconds. */
export const PARSERS = {
  timestampFromMilliseconds: (millis: bigint): bigint => millis * 1_000_000n,
  timestampFromMicroseconds: (micros: bigint): bigint => micros * 1000n,
  timestampFromNanoseconds: (nanos: bigint): bigint => nanos,
  dateFromDays: (days: number): bigint => BigInt(days) * 86_400_000_000_000n,
  jsonFromBytes: (bytes: Uint8Array): string => new TextDecoder().decode(bytes),
};

/** Integers up to this size are exact after a rounded multiplication. */
const MAX_EXACT_DIGITS = 2 ** 51;
/** Powers of ten up to this one are exact. */
const MAX_EXACT_SCALE = 22;

/** The column of a part of the schema. Groups other than lists become JSON. */
export function parquetColumn(tree: SchemaTree): ParquetColumn {
  const { element, children } = tree;
  const item = listItem(tree);
  if (item !== undefined) {
    const { type, convert } = parquetColumn(item);
    return {
      type: new List(new Field("item", type, true)),
      convert: (value) => (Array.isArray(value) ? value.map(convert) : null),
    };
  }
  if (children.length > 0) return { type: new Utf8(), convert: (value) => jsonText(value as never) };
  return leafColumn(element);
}

/** The items of a list: in the standard form of three levels, in two, or of a repeated field. */
function listItem({ element, children }: SchemaTree): SchemaTree | undefined {
  const isList = element.converted_type === "LIST" || element.logical_type?.type === "LIST";
  const [repeated, other] = children;
  if (!isList || repeated === undefined || other !== undefined || repeated.element.repetition_type !== "REPEATED")
    return undefined;
  const [item, more] = repeated.children;
  return item !== undefined && more === undefined
    ? item
    : repeated.children.length === 0
      ? leafOf(repeated)
      : undefined;
}

/** A repeated field as its item. */
function leafOf(tree: SchemaTree): SchemaTree {
  return { ...tree, element: { ...tree.element, repetition_type: "REQUIRED" } };
}

function leafColumn({
  type,
  converted_type: converted,
  logical_type: logical,
  scale = 0,
}: SchemaElement): ParquetColumn {
  const isTime = converted?.startsWith("TIMESTAMP") === true || logical?.type === "TIMESTAMP" || type === "INT96";
  if (isTime || converted === "DATE" || logical?.type === "DATE")
    return { type: new TimestampNanosecond(), convert: nanosOf };
  if (converted === "DECIMAL" || logical?.type === "DECIMAL")
    return { type: new Float64(), convert: (value) => decimalOf(value, scale) };
  if (logical?.type === "FLOAT16") return { type: new Float64(), convert: numberOf };
  const isUnsigned = logical?.type === "INTEGER" && !logical.isSigned;
  if (type === "BOOLEAN") return { type: new Bool(), convert: (value) => (typeof value === "boolean" ? value : null) };
  if (type === "INT32" && converted !== "UINT_32" && !isUnsigned) return { type: new Int32(), convert: numberOf };
  if (converted === "UINT_64" || (type === "INT64" && isUnsigned)) return { type: new Uint64(), convert: integerOf };
  if (type === "INT32" || type === "INT64") return { type: new Int64(), convert: integerOf };
  if (type === "FLOAT") return { type: new Float32(), convert: numberOf };
  if (type === "DOUBLE") return { type: new Float64(), convert: numberOf };
  const isText =
    converted === "UTF8" ||
    converted === "ENUM" ||
    converted === "JSON" ||
    logical?.type === "STRING" ||
    logical?.type === "ENUM" ||
    logical?.type === "JSON" ||
    logical?.type === "UUID";
  if (isText) return { type: new Utf8(), convert: textOf };
  return { type: new Binary(), convert: (value) => (value instanceof Uint8Array ? value : null) };
}

function nanosOf(value: unknown): Cell {
  if (typeof value === "bigint") return storableNanos(value) ?? null;
  return value instanceof Date && !Number.isNaN(value.getTime())
    ? (storableNanos(BigInt(value.getTime()) * 1_000_000n) ?? null)
    : null;
}

/** The nearest number to a decimal. hyparquet multiplies by 0.01 and so on, which is not exact. */
function decimalOf(value: unknown, scale: number): Cell {
  if (typeof value !== "number") return null;
  const power = 10 ** scale;
  const digits = Math.round(value * power);
  return Math.abs(digits) <= MAX_EXACT_DIGITS && scale <= MAX_EXACT_SCALE ? digits / power : value;
}

function numberOf(value: unknown): Cell {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : null;
}

function integerOf(value: unknown): Cell {
  if (typeof value === "bigint") return value;
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : null;
}

function textOf(value: unknown): Cell {
  if (typeof value === "string") return value;
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : null;
}
