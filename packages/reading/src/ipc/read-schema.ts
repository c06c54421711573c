import { RerunError } from "@rerun-ts/core";
import { fieldReader, metadataReader, typeIdsOf, type FlatBufferTable } from "@rerun-ts/core/rrd";
import {
  Binary,
  Bool,
  DataType,
  Date_,
  DateUnit,
  Decimal,
  Dictionary,
  Duration,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float,
  Int,
  Int32,
  Interval,
  IntervalUnit,
  LargeBinary,
  LargeList,
  LargeUtf8,
  List,
  Map_,
  Null,
  Precision,
  Schema,
  Struct,
  Time,
  TimeUnit,
  Timestamp,
  Union,
  UnionMode,
  Utf8,
} from "apache-arrow";
import { binaryView, largeListView, listView, runEndEncoded, storedForm, utf8View } from "../arrays/stored-types.ts";

/**
 * Reads the table `Schema` into apache-arrow's classes. Unlike apache-arrow's own reader, the function does bounded
 * work even for malformed tables. Source: Arrow's format/Schema.fbs.
 * @throws {RerunError} `UNSUPPORTED` at a type that apache-arrow lacks
 */
export function readSchema(schema: FlatBufferTable): Schema {
  const metadata = metadataReader((pairs) => new Map(pairs));
  const read = fieldReader<Field>(schema, (field, children, column) => {
    const type = readType(field, children, column);
    return new Field(field.text(0), type, field.uint8(1) !== 0, metadata(field, 6));
  });
  return new Schema(schema.tables(1).map(read), metadata(schema, 2));
}

/** @param column the outermost field, for messages */
function readType(field: FlatBufferTable, children: readonly Field[], column: string): DataType {
  const tag = field.uint8(2);
  const type = field.table(3);
  const found = type === undefined ? undefined : TYPES[tag]?.(type, children);
  if (found === undefined)
    throw new RerunError(
      "UNSUPPORTED",
      `the column \`${column}\` has the Arrow type number ${tag}, which is unknown or damaged`,
    );
  const dictionary = field.table(4);
  return dictionary === undefined ? found : dictionaryOf(found, dictionary);
}

/** The ids of dictionaries in the stream that they are from. Elsewhere they would not be unique. */
const streamIds = new WeakMap<DataType, number>();

function dictionaryOf(values: DataType, encoding: FlatBufferTable): Dictionary {
  const index = encoding.table(1);
  const indices = index === undefined ? new Int32() : intOf(index);
  if (indices === undefined)
    throw new RerunError("INVALID_FORMAT", "an Arrow dictionary has indices of an unknown width");
  const type = new Dictionary(values, indices as Int32, null, encoding.uint8(2) !== 0);
  streamIds.set(type, encoding.int64(0));
  return type;
}

/** The id that a dictionary has in the stream whose schema was read. */
export function streamIdOf(type: DataType): number {
  const form = storedForm(type);
  return streamIds.get(form?.kind === "run-ends" ? form.values.type : type) ?? -1;
}

type ReadType = (type: FlatBufferTable, children: readonly Field[]) => DataType | undefined;

/**
 * The value of a field. An absent field has its default, which is not zero for some units. `last` is the greatest valid
 * value.
 */
function unitOf<Unit extends number>(type: FlatBufferTable, standard: Unit, last: Unit): Unit {
  const unit = type.has(0) ? type.int16(0) : standard;
  if (unit < 0 || unit > last) throw new RerunError("INVALID_FORMAT", `an Arrow type has the unknown unit ${unit}`);
  return unit as Unit;
}

function intOf(type: FlatBufferTable): Int | undefined {
  const width = type.int32(0);
  return width === 8 || width === 16 || width === 32 || width === 64 ? new Int(type.uint8(1) !== 0, width) : undefined;
}

/** The widths of decimals, and the digits that fit into the largest. */
const DECIMAL_WIDTHS: readonly number[] = [32, 64, 128, 256];
const MAX_DIGITS = 76;

function decimalOf(type: FlatBufferTable): Decimal | undefined {
  const [precision, scale, width] = [type.int32(0), type.int32(1), type.has(2) ? type.int32(2) : 128];
  const isValid = DECIMAL_WIDTHS.includes(width) && precision <= MAX_DIGITS && Math.abs(scale) <= MAX_DIGITS;
  return isValid ? new Decimal(scale, precision, width) : undefined;
}

function timeOf(type: FlatBufferTable): Time | undefined {
  const unit = unitOf(type, TimeUnit.MILLISECOND, TimeUnit.NANOSECOND);
  const width = type.has(1) ? type.int32(1) : 32;
  if (width !== (unit <= TimeUnit.MILLISECOND ? 32 : 64)) return undefined;
  return new Time(unit, width);
}

/** Whether the elements of a map are pairs of a key and a value. */
function isPairs(entries: Field | undefined): boolean {
  return entries !== undefined && DataType.isStruct(entries.type) && entries.type.children.length === 2;
}

function positive(size: number, make: (size: number) => DataType): DataType | undefined {
  return size > 0 ? make(size) : undefined;
}

/** Types by their tag. `undefined` for types that apache-arrow lacks. */
const TYPES: Readonly<Record<number, ReadType>> = {
  1: () => new Null(),
  2: intOf,
  3: (type) => new Float(unitOf(type, Precision.HALF, Precision.DOUBLE)),
  4: () => new Binary(),
  5: () => new Utf8(),
  6: () => new Bool(),
  7: decimalOf,
  8: (type) => new Date_(unitOf(type, DateUnit.MILLISECOND, DateUnit.MILLISECOND)),
  9: timeOf,
  10: (type) =>
    new Timestamp(unitOf(type, TimeUnit.SECOND, TimeUnit.NANOSECOND), type.text(1) === "" ? null : type.text(1)),
  11: (type) => new Interval(unitOf(type, IntervalUnit.YEAR_MONTH, IntervalUnit.MONTH_DAY_NANO)),
  12: (_, [item]) => item && new List(item),
  13: (_, fields) => new Struct([...fields]),
  14: (type, fields) =>
    new Union(unitOf(type, UnionMode.Sparse, UnionMode.Dense), [...typeIdsOf(type, fields)], [...fields]),
  15: (type) => positive(type.int32(0), (size) => new FixedSizeBinary(size)),
  16: (type, [item]) => (type.int32(0) < 0 ? undefined : item && new FixedSizeList(type.int32(0), item)),
  17: (type, [entries]) => (isPairs(entries) ? new Map_(entries as never, type.uint8(0) !== 0) : undefined),
  18: (type) => new Duration(unitOf(type, TimeUnit.MILLISECOND, TimeUnit.NANOSECOND)),
  19: () => new LargeBinary(),
  20: () => new LargeUtf8(),
  21: (_, [item]) => item && new LargeList(item),
  22: (_, [ends, values]) => runEndEncoded(ends, values),
  23: binaryView,
  24: utf8View,
  25: (_, [item]) => listView(item),
  26: (_, [item]) => largeListView(item),
};
