import { RerunError } from "@rerun-ts/core";
import { DataType, Precision, TimeUnit } from "apache-arrow";
import type * as parquet from "hyparquet-writer";
import type { BatchSource } from "./encode-arrow.ts";
import { plainRows, type PlainValue } from "./plain-rows.ts";

/** A column of the file: its part of the schema, and the conversion of its values. */
interface ParquetColumn {
  readonly schema: readonly parquet.SchemaElement[];
  convert(this: void, value: PlainValue): unknown;
}

/** The writer's position in its memory, which its declaration lacks. */
type ResettableWriter = parquet.Writer & { index: number };

/**
 * Encodes batches as a Parquet file, one row group for each batch. Cells are lists, as in Arrow; unions are JSON. Needs
 * the package `hyparquet-writer`.
 *
 * @throws {RerunError} `UNSUPPORTED` if the package is not installed
 * @example
 * await writeFile("robot.parquet", encodeParquet(recording.query({ index: "frame", batchRows: 10_000 })));
 */
export async function* encodeParquet(source: BatchSource): AsyncGenerator<Uint8Array, void, undefined> {
  const { ByteWriter, ParquetWriter } = await loadWriter();
  const columns = source.schema.fields.map(({ name, type }) => ({ name, ...columnOf(name, type as DataType) }));
  const root: parquet.SchemaElement = { name: "schema", num_children: columns.length };
  const writer = new ByteWriter() as ResettableWriter;
  const schema = [root, ...columns.flatMap((column) => column.schema)];
  const file = new ParquetWriter({ writer, schema, createdBy: "rerun-ts" });
  const taken = (): Uint8Array => {
    const written = writer.getBytes().slice();
    writer.index = 0;
    return written;
  };
  for await (const batch of source) {
    const rows = [...plainRows(batch)];
    const columnData = columns.map(({ name, convert }) => ({
      name,
      data: rows.map((row) => convert(row[name] ?? null)),
    }));
    if (rows.length > 0) await file.write({ columnData, rowGroupSize: rows.length });
    yield taken();
  }
  await file.finish();
  yield taken();
}

async function loadWriter(): Promise<typeof parquet> {
  try {
    return await import("hyparquet-writer");
  } catch (cause) {
    throw new RerunError("UNSUPPORTED", "Parquet needs a package: npm install hyparquet-writer", { cause });
  }
}

function columnOf(name: string, type: DataType): ParquetColumn {
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    if (isByte(type.valueType as DataType)) return bytes(name);
    const element = columnOf("element", type.valueType as DataType);
    return {
      schema: [
        { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        ...element.schema,
      ],
      convert: (value) => (value === null ? null : (value as readonly PlainValue[]).map(element.convert)),
    };
  }
  if (DataType.isStruct(type)) {
    const fields = type.children.map((field) => ({
      field: field.name,
      ...columnOf(field.name, field.type as DataType),
    }));
    return {
      schema: [
        { name, repetition_type: "OPTIONAL", num_children: fields.length },
        ...fields.flatMap((field) => field.schema),
      ],
      convert(value) {
        if (value === null) return null;
        const struct = value as Readonly<Record<string, PlainValue>>;
        return Object.fromEntries(fields.map(({ field, convert }) => [field, convert(struct[field] ?? null)]));
      },
    };
  }
  return leafOf(name, type);
}

function leafOf(name: string, type: DataType): ParquetColumn {
  const leaf = (
    element: Omit<parquet.SchemaElement, "name">,
    convert: ParquetColumn["convert"] = same,
  ): ParquetColumn => ({
    schema: [{ name, repetition_type: "OPTIONAL", ...element }],
    convert,
  });
  if (DataType.isTimestamp(type)) {
    const logical = { type: "TIMESTAMP", isAdjustedToUTC: true, unit: unitOf(type.unit) } as const;
    return leaf({ type: "INT64", logical_type: logical }, toBigInt);
  }
  if (DataType.isDuration(type)) return leaf({ type: "INT64" }, toBigInt);
  if (DataType.isInt(type)) {
    if (type.bitWidth === 64) return leaf({ type: "INT64" }, toBigInt);
    return type.bitWidth === 32 && !type.isSigned ? leaf({ type: "INT64" }, toBigInt) : leaf({ type: "INT32" });
  }
  if (DataType.isFloat(type)) return leaf({ type: type.precision === Precision.DOUBLE ? "DOUBLE" : "FLOAT" });
  if (DataType.isBool(type)) return leaf({ type: "BOOLEAN" });
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return leaf({ type: "BYTE_ARRAY", converted_type: "UTF8" });
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isFixedSizeBinary(type)) return bytes(name);
  // Parquet has no unions.
  return leaf({ type: "BYTE_ARRAY", converted_type: "UTF8" }, (value) =>
    value === null
      ? null
      : JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner)),
  );
}

function bytes(name: string): ParquetColumn {
  return { schema: [{ name, repetition_type: "OPTIONAL", type: "BYTE_ARRAY" }], convert: same };
}

/** Lists of bytes are bytes, as `plainRows` has them. */
function isByte(type: DataType): boolean {
  return DataType.isInt(type) && type.bitWidth === 8 && !type.isSigned;
}

function unitOf(unit: TimeUnit): "MILLIS" | "MICROS" | "NANOS" {
  return unit === TimeUnit.NANOSECOND ? "NANOS" : unit === TimeUnit.MICROSECOND ? "MICROS" : "MILLIS";
}

const same = (value: PlainValue): unknown => value;
const toBigInt = (value: PlainValue): unknown => (value === null ? null : BigInt(value as bigint | number));
