import { RerunError } from "@rerun-ts/core";
import { messageOf, yieldingRerunErrors } from "@rerun-ts/core/checks";
import { DataType, Precision, type Table, TimeUnit } from "apache-arrow";
import type * as parquet from "hyparquet-writer";
import { checkBatches, type BatchSource } from "./encode-arrow.ts";
import { plainJson } from "../values/json-text.ts";
import { plainRows, type PlainRow } from "./plain-rows.ts";
import type { PlainValue } from "../values/plain-value.ts";
import { isByte } from "../values/plain-values.ts";

/** A column of the file: its part of the schema, and the conversion of its values. */
interface ParquetColumn {
  readonly schema: readonly parquet.SchemaElement[];
  convert(this: void, value: PlainValue): unknown;
}

interface NamedColumn extends ParquetColumn {
  readonly name: string;
}

const DAY_MS = 86_400_000;

/** The writer's position in its memory, which its declaration lacks. */
type ResettableWriter = parquet.Writer & { index: number };

/**
 * Encodes batches, or a table, as a Parquet file, one row group for each batch. Cells are lists, as in Arrow. Unions,
 * maps and intervals are JSON, with bytes in Base64. Needs the package `hyparquet-writer`.
 *
 * @throws {RerunError} `UNSUPPORTED` if the package is not installed, or Parquet does not have a value, such as a time
 * @example
 * await writeFile("robot.parquet", encodeParquet(recording.query({ index: "frame", batchRows: 10_000 })));
 */
export function encodeParquet(source: BatchSource | Table): AsyncGenerator<Uint8Array, void, undefined> {
  return yieldingRerunErrors(
    (async function* () {
      checkBatches(source);
      const { ByteWriter, ParquetWriter } = await loadWriter();
      const columns = source.schema.fields.map(({ name, type }) => ({ name, ...cellColumn(name, type as DataType) }));
      const root: parquet.SchemaElement = { name: "schema", num_children: columns.length };
      const writer = new ByteWriter() as ResettableWriter;
      const schema = [root, ...columns.flatMap((column) => column.schema)];
      const file = new ParquetWriter({ writer, schema, createdBy: "rerun-ts" });
      const taken = (): Uint8Array => {
        const written = writer.getBytes().slice();
        writer.index = 0;
        return written;
      };
      for await (const batch of "batches" in source ? source.batches : source) {
        const rows = [...plainRows(batch)];
        const columnData = columns.map((column) => ({ name: column.name, data: converted(rows, column) }));
        if (rows.length > 0) await writeGroup(file, columnData, rows.length);
        yield taken();
      }
      await file.finish();
      yield taken();
    })(),
  );
}

function converted(rows: readonly PlainRow[], { name, convert }: NamedColumn): unknown[] {
  try {
    return rows.map((row) => convert(row[name] ?? null));
  } catch (error) {
    throw unsupported(`the column ${JSON.stringify(name)} cannot be written as Parquet`, error);
  }
}

function unsupported(problem: string, cause: unknown): RerunError {
  return new RerunError("UNSUPPORTED", `${problem}: ${messageOf(cause)}`, { cause });
}

async function writeGroup(
  file: parquet.ParquetWriter,
  columnData: { readonly name: string; readonly data: unknown[] }[],
  rowGroupSize: number,
): Promise<void> {
  try {
    await file.write({ columnData, rowGroupSize });
  } catch (error) {
    // Arrow has times and dates that Parquet cannot represent.
    throw unsupported("a value cannot be written as Parquet", error);
  }
}

async function loadWriter(): Promise<typeof parquet> {
  try {
    return await import("hyparquet-writer");
  } catch (cause) {
    throw new RerunError("UNSUPPORTED", "Parquet needs a package: npm install hyparquet-writer", { cause });
  }
}

/** A column of cells, whose lists of bytes are lists, as `plainRows` has them. */
function cellColumn(name: string, type: DataType): ParquetColumn {
  const isList = DataType.isList(type) || DataType.isLargeList(type);
  return isList ? listColumn(name, type.valueType as DataType) : columnOf(name, type);
}

function listColumn(name: string, item: DataType): ParquetColumn {
  const element = columnOf("element", item);
  return {
    schema: [
      { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      ...element.schema,
    ],
    convert: (value) => (value === null ? null : (value as readonly PlainValue[]).map(element.convert)),
  };
}

function columnOf(name: string, type: DataType): ParquetColumn {
  // Dictionaries are expanded, because Parquet makes its own.
  if (DataType.isDictionary(type)) return columnOf(name, type.dictionary as DataType);
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type))
    return isByte(type.valueType as DataType) ? bytes(name) : listColumn(name, type.valueType as DataType);
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
    // Parquet has no unit for seconds.
    const factor = type.unit === TimeUnit.SECOND ? 1000n : 1n;
    return leaf({ type: "INT64", logical_type: logical }, (value) =>
      value === null ? null : (value as bigint) * factor,
    );
  }
  if (DataType.isDate(type))
    return leaf({ type: "INT32", logical_type: { type: "DATE" } }, (value) =>
      value === null ? null : Math.floor(Number(value) / DAY_MS),
    );
  if (DataType.isTime(type)) return leaf({ type: "INT64" }, toBigInt);
  if (DataType.isDecimal(type) && type.scale >= 0) {
    const { precision, scale, bitWidth } = type;
    const length = Math.max(bitWidth, 128) / 8;
    const logical = { type: "DECIMAL", precision, scale } as const;
    return leaf({ type: "FIXED_LEN_BYTE_ARRAY", type_length: length, logical_type: logical }, (value) =>
      value === null ? null : bigEndian(BigInt((value as string).replace(".", "")), length),
    );
  }
  if (DataType.isDuration(type)) return leaf({ type: "INT64" }, toBigInt);
  if (DataType.isInt(type)) {
    if (type.bitWidth === 64) {
      const unsigned = type.isSigned ? {} : ({ converted_type: "UINT_64" } as const);
      return leaf({ type: "INT64", ...unsigned }, toBigInt);
    }
    return type.bitWidth === 32 && !type.isSigned ? leaf({ type: "INT64" }, toBigInt) : leaf({ type: "INT32" });
  }
  if (DataType.isFloat(type)) return leaf({ type: type.precision === Precision.DOUBLE ? "DOUBLE" : "FLOAT" });
  if (DataType.isBool(type)) return leaf({ type: "BOOLEAN" });
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return leaf({ type: "BYTE_ARRAY", converted_type: "UTF8" });
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isFixedSizeBinary(type)) return bytes(name);
  if (DataType.isDecimal(type)) return leaf({ type: "BYTE_ARRAY", converted_type: "UTF8" });
  // Parquet has no unions.
  return leaf({ type: "BYTE_ARRAY", converted_type: "UTF8" }, (value) => (value === null ? null : plainJson(value)));
}

function bytes(name: string): ParquetColumn {
  return {
    schema: [{ name, repetition_type: "OPTIONAL", type: "BYTE_ARRAY" }],
    convert(value) {
      if (!Array.isArray(value)) return value;
      throw new TypeError("a list of bytes has a null");
    },
  };
}

/** An integer in two's complement, the highest byte first, as Parquet has decimals. */
function bigEndian(value: bigint, length: number): Uint8Array {
  const all = new Uint8Array(length);
  let rest = value;
  for (let at = length - 1; at >= 0; at--) {
    all[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return all;
}

function unitOf(unit: TimeUnit): "MILLIS" | "MICROS" | "NANOS" {
  return unit === TimeUnit.NANOSECOND ? "NANOS" : unit === TimeUnit.MICROSECOND ? "MICROS" : "MILLIS";
}

const same = (value: PlainValue): unknown => value;
const toBigInt = (value: PlainValue): unknown => (value === null ? null : BigInt(value as bigint | number));
