import {
  Binary,
  Bool,
  Field,
  Float32,
  Float64,
  Int32,
  Int64,
  List,
  Struct,
  TimestampNanosecond,
  Uint64,
  Utf8,
  type DataType,
} from "apache-arrow";
import type { SchemaElement, SchemaTree } from "hyparquet";
import { plainJson, decimalText } from "@rerun-ts/reading/chunks";
import { storableNanos, type TableCell, type StructCell } from "./table-batch.ts";

/** A column of a Parquet file: its Arrow type, and the conversion of the values that hyparquet makes. */
export interface ParquetColumn {
  readonly type: DataType;
  convert(this: void, value: unknown): TableCell;
}

/** Values of hyparquet that keep nanoseconds. */
export const PARSERS = {
  timestampFromMilliseconds: (millis: bigint): bigint => millis * 1_000_000n,
  timestampFromMicroseconds: (micros: bigint): bigint => micros * 1000n,
  timestampFromNanoseconds: (nanos: bigint): bigint => nanos,
  dateFromDays: (days: number): bigint => BigInt(days) * 86_400_000_000_000n,
  jsonFromBytes: (bytes: Uint8Array): string => new TextDecoder().decode(bytes),
};

/** The digits of decimals that become numbers: a number keeps as many. Others become texts. */
const NUMBER_DIGITS = 15;

/** The column of a part of the schema. Maps become JSON. */
export function parquetColumn(tree: SchemaTree): ParquetColumn {
  const { element, children } = tree;
  const item = listItem(tree);
  if (item !== undefined) {
    const { type, convert } = parquetColumn(item);
    return {
      type: new List(new Field("item", type, true)),
      convert: (value) => (Array.isArray(value) ? value.map((each) => (isNone(each) ? null : convert(each))) : null),
    };
  }
  if (children.length === 0) return leafColumn(element);
  if (isMap(element)) {
    const [, value] = children[0]?.children ?? [];
    const convert = value === undefined ? () => null : parquetColumn(value).convert;
    return { type: new Utf8(), convert: (map) => plainJson(convertedFields(map, () => convert)) };
  }
  const fields = children.map((child) => ({ name: child.element.name, ...parquetColumn(child) }));
  const convertOf = new Map(fields.map(({ name, convert }) => [name, convert]));
  return {
    type: new Struct(fields.map(({ name, type }) => new Field(name, type, true))),
    convert: (struct) => convertedFields(struct, (name) => convertOf.get(name)),
  };
}

/** An object of hyparquet with converted values. */
function convertedFields(value: unknown, convertOf: (key: string) => ParquetColumn["convert"] | undefined): StructCell {
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, unknown>>).map(([key, each]) => [
      key,
      isNone(each) ? null : (convertOf(key)?.(each) ?? null),
    ]),
  );
}

function isMap({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted === "MAP" || converted === "MAP_KEY_VALUE" || logical?.type === "MAP";
}

function isNone(value: unknown): value is null | undefined {
  return value === null || value === undefined;
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
  precision = Infinity,
}: SchemaElement): ParquetColumn {
  const isTime = converted?.startsWith("TIMESTAMP") === true || logical?.type === "TIMESTAMP" || type === "INT96";
  if (isTime || converted === "DATE" || logical?.type === "DATE")
    return { type: new TimestampNanosecond(), convert: nanosOf };
  if (logical?.type === "DECIMAL") return decimalColumn(logical.precision, logical.scale);
  if (converted === "DECIMAL") return decimalColumn(precision, scale);
  if (converted === "INTERVAL") return intervalColumn();
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

function nanosOf(value: unknown): TableCell {
  if (typeof value === "bigint") return storableNanos(value) ?? null;
  return value instanceof Date && !Number.isNaN(value.getTime())
    ? (storableNanos(BigInt(value.getTime()) * 1_000_000n) ?? null)
    : null;
}

function decimalColumn(precision: number, scale: number): ParquetColumn {
  const textIn = (value: unknown): string | undefined => {
    const unscaled = value instanceof Uint8Array ? bigEndian(value) : integerOf(value);
    return typeof unscaled === "bigint" ? decimalText(unscaled, scale) : undefined;
  };
  if (precision > NUMBER_DIGITS) return { type: new Utf8(), convert: (value) => textIn(value) ?? null };
  return {
    type: new Float64(),
    convert(value) {
      const text = textIn(value);
      return text === undefined ? null : Number(text);
    },
  };
}

/** An integer in two's complement, the highest byte first. */
function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(bytes.length * 8, value);
}

/** Intervals as structs: their parts have no fixed ratio, and none of Arrow's intervals holds all of them. */
function intervalColumn(): ParquetColumn {
  const parts = ["months", "days", "milliseconds"];
  return {
    type: new Struct(parts.map((name) => new Field(name, new Int64(), true))),
    convert(value) {
      if (!(value instanceof Uint8Array) || value.byteLength !== parts.length * 4) return null;
      const view = new DataView(value.buffer, value.byteOffset);
      return Object.fromEntries(parts.map((name, at) => [name, BigInt(view.getUint32(at * 4, true))]));
    },
  };
}

/** Makes hyparquet return values as they are stored: its decimals are not exact, and it rejects intervals. */
export function keepStored({ element, children }: SchemaTree): void {
  for (const child of children) keepStored(child);
  if (element.converted_type === "DECIMAL" || element.converted_type === "INTERVAL") delete element.converted_type;
  if (element.logical_type?.type === "DECIMAL") delete element.logical_type;
  // The reader has no form for it, so its bytes stay.
  if (element.converted_type === "BSON") delete element.converted_type;
  if (element.logical_type?.type === "BSON") delete element.logical_type;
}

function numberOf(value: unknown): TableCell {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : null;
}

function integerOf(value: unknown): TableCell {
  if (typeof value === "bigint") return value;
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : null;
}

function textOf(value: unknown): TableCell {
  if (typeof value === "string") return value;
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : null;
}
