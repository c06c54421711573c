import { RerunError } from "../errors.ts";
import type { ArrowField, ArrowMetadata, ArrowType, PrimitiveType } from "./arrow-type.ts";
import type { FlatBufferTable } from "./flatbuffer-reader.ts";

/** The fields of a table, and what it says of itself. */
export interface ArrowSchema {
  readonly fields: readonly ArrowField[];
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads the table `Schema`. Source: Arrow's format/Schema.fbs.
 * @throws {RerunError} `UNSUPPORTED` at a type that Rerun's components do not have
 */
export function readSchema(schema: FlatBufferTable): ArrowSchema {
  const fields = schema.tables(1).map((field) => readField(field, field.text(0)));
  return { fields, metadata: new Map(readMetadata(schema, 2)) };
}

/** No type of Rerun is nested as deeply. */
const MAX_DEPTH = 64;

/** @param column the outermost field, for messages */
function readField(field: FlatBufferTable, column: string, depth = 0): ArrowField {
  if (depth > MAX_DEPTH) throw new RerunError("FORMAT", `the column \`${column}\` of a chunk is nested too deeply`);
  const tag = field.uint8(2);
  const type = field.table(3);
  const isDictionary = field.has(4);
  const children = field.tables(5).map((child) => readField(child, column, depth + 1));
  const found = type === undefined || isDictionary ? undefined : TYPES[tag]?.(type, children);
  if (found === undefined) {
    const what = isDictionary ? "a dictionary" : `the Arrow type number ${tag}, or an unusual form of it`;
    throw new RerunError("UNSUPPORTED", `the column \`${column}\` of a chunk cannot be copied: it has ${what}`);
  }
  const metadata = readMetadata(field, 6);
  return {
    name: field.text(0),
    nullable: field.uint8(1) !== 0,
    type: found,
    metadata: metadata.length === 0 ? undefined : metadata,
  };
}

function readMetadata(table: FlatBufferTable, slot: number): ArrowMetadata {
  return table.tables(slot).map((pair) => [pair.text(0), pair.text(1)]);
}

type ReadType = (type: FlatBufferTable, children: readonly ArrowField[]) => ArrowType | undefined;

const UNIT_DAY = 0;
const UNIT_NANOSECOND = 3;
const MODE_DENSE = 1;

/** Types by their tag; `undefined` for variants that are not written here. */
const TYPES: Readonly<Record<number, ReadType>> = {
  1: () => ({ type: "Null" }),
  2: (type) => ({ type: `${type.uint8(1) === 0 ? "UInt" : "Int"}${type.int32(0)}` as PrimitiveType["type"] }),
  3: (type) => ({ type: (["Float16", "Float32", "Float64"] as const)[type.int16(0)] ?? "Float64" }),
  4: () => ({ type: "Binary" }),
  5: () => ({ type: "Utf8" }),
  6: () => ({ type: "Bool" }),
  // The default of the format is milliseconds, which a writer leaves out.
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

function typeIdsOf(type: FlatBufferTable, fields: readonly ArrowField[]): readonly number[] {
  return type.has(1) ? type.int32s(1) : fields.map((_, index) => index);
}
