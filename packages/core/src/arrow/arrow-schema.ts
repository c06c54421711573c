import { RerunError } from "../errors/rerun-error.ts";
import {
  PRIMITIVE_WIDTHS,
  type ArrowField,
  type ArrowMetadata,
  type ArrowType,
  type PrimitiveType,
} from "./arrow-type.ts";
import { dictionaryType, opaqueType, type TypeParameter } from "./opaque-type.ts";
import type { FlatBufferTable } from "./flatbuffer-reader.ts";
import { fieldReader, metadataReader, typeIdsOf } from "./read-fields.ts";

/** The fields and the metadata of a table. */
export interface ArrowSchema {
  readonly fields: readonly ArrowField[];
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads the table `Schema`. Source: Arrow's format/Schema.fbs.
 * @throws {RerunError} `UNSUPPORTED` at a type that is not part of Arrow's format
 */
export function readArrowSchema(schema: FlatBufferTable): ArrowSchema {
  const metadata = metadataReader<ArrowMetadata | undefined>((pairs) => (pairs.length === 0 ? undefined : pairs));
  const read = fieldReader<ArrowField>(schema, (field, children, column) => {
    const found = readType(field, children, column);
    return { name: field.text(0), nullable: field.uint8(1) !== 0, type: found, metadata: metadata(field, 6) };
  });
  return { fields: schema.tables(1).map(read), metadata: new Map(metadata(schema, 2)) };
}

/** @param column the outermost field, for messages */
function readType(field: FlatBufferTable, children: readonly ArrowField[], column: string): ArrowType {
  const tag = field.uint8(2);
  const type = field.table(3);
  const values = type && (TYPES[tag]?.(type, children) ?? otherType(tag, type, children));
  const dictionary = field.table(4);
  const found = values && dictionary ? dictionaryOf(values, dictionary) : values;
  if (found !== undefined) return found;
  throw new RerunError("UNSUPPORTED", `the column \`${column}\` of a chunk has the unknown Arrow type number ${tag}`);
}

function dictionaryOf(values: ArrowType, encoding: FlatBufferTable): ArrowType | undefined {
  const indices = encoding.table(1);
  const type = indices === undefined ? ({ type: "Int32" } as const) : intOf(indices);
  return type && dictionaryType(values, type, encoding.uint8(2) !== 0);
}

function intOf(table: FlatBufferTable): PrimitiveType | undefined {
  const type = `${table.uint8(1) === 0 ? "UInt" : "Int"}${table.int32(0)}`;
  return Object.hasOwn(PRIMITIVE_WIDTHS, type) ? { type: type as PrimitiveType["type"] } : undefined;
}

type ReadType = (type: FlatBufferTable, children: readonly ArrowField[]) => ArrowType | undefined;

const UNIT_DAY = 0;
const UNIT_NANOSECOND = 3;
const MODE_DENSE = 1;

/** Types by their tag, `undefined` for types without a name in this SDK. */
const TYPES: Readonly<Record<number, ReadType>> = {
  1: () => ({ type: "Null" }),
  2: intOf,
  3: (type) => ({ type: (["Float16", "Float32", "Float64"] as const)[type.int16(0)] ?? "Float64" }),
  4: () => ({ type: "Binary" }),
  5: () => ({ type: "Utf8" }),
  6: () => ({ type: "Bool" }),
  // Writers omit the unit milliseconds, which is the format's default.
  8: (type) => (type.has(0) && type.int16(0) === UNIT_DAY ? { type: "Date32" } : undefined),
  10: (type) => (type.int16(0) === UNIT_NANOSECOND && type.text(1) === "" ? { type: "Timestamp" } : undefined),
  12: (_, [item]) => item && { type: "List", item },
  13: (_, fields) => ({ type: "Struct", fields }),
  14: (type, fields) =>
    type.int16(0) === MODE_DENSE ? { type: "Union", typeIds: typeIdsOf(type, fields), fields } : undefined,
  15: (type) => ({ type: "FixedSizeBinary", size: type.int32(0) }),
  16: (type, [item]) => item && { type: "FixedSizeList", size: type.int32(0), item },
  18: (type) => (type.int16(0) === UNIT_NANOSECOND ? { type: "Duration" } : undefined),
  19: () => ({ type: "LargeBinary" }),
  20: () => ({ type: "LargeUtf8" }),
};

/** The parameters of types that have no name here, by their tag. */
const PARAMETERS: Readonly<Record<number, readonly ("u8" | "i16" | "i32" | "text" | "i32s")[]>> = {
  7: ["i32", "i32", "i32"], // Decimal: precision, scale, bits
  8: ["i16"], // Date: unit
  9: ["i16", "i32"], // Time: unit, bits
  10: ["i16", "text"], // Timestamp: unit, time zone
  11: ["i16"], // Interval: unit
  14: ["i16", "i32s"], // Union: mode, type ids
  17: ["u8"], // Map: whether keys are sorted
  18: ["i16"], // Duration: unit
  21: [], // LargeList
  22: [], // RunEndEncoded
  23: [], // BinaryView
  24: [], // Utf8View
  25: [], // ListView
  26: [], // LargeListView
};

function otherType(tag: number, type: FlatBufferTable, fields: readonly ArrowField[]): ArrowType | undefined {
  const parameters = PARAMETERS[tag]?.map((kind, slot): TypeParameter => {
    if (!type.has(slot)) return null;
    if (kind === "text") return timeZoneOf(type, slot);
    if (kind === "i32s") return typeIdsOf(type, fields);
    return [kind, kind === "u8" ? type.uint8(slot) : kind === "i16" ? type.int16(slot) : type.int32(slot)];
  });
  return parameters && opaqueType(tag, parameters, fields);
}

/** The maximum length of a time zone's name. It is part of the key of each column with this type. */
const MAX_TIME_ZONE_LENGTH = 256;

function timeZoneOf(type: FlatBufferTable, slot: number): string {
  const zone = type.text(slot);
  if (zone.length <= MAX_TIME_ZONE_LENGTH) return zone;
  throw new RerunError("INVALID_FORMAT", `an Arrow type has a time zone with a name of ${zone.length} characters`);
}
