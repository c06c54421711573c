import { isBigInt64Array } from "@rerun-ts/core/checks";
import { RerunError } from "@rerun-ts/core";
import type { DataframePart, SchemaMessage } from "./catalog-service.ts";
import { dataframePart, readDataframePart } from "@rerun-ts/core/rrd";
import { Table, Vector, type Data, type DataType, type RecordBatch, type Schema } from "apache-arrow";
import {
  batchOf,
  typeText,
  type IpcBatch,
  readIpc,
  RepeatedSchemas,
  ipcStream,
  writtenIpc,
} from "@rerun-ts/reading/chunks";
import type { CatalogCall } from "./catalog-calls.ts";

/** The batches of a table in a message. @throws {RerunError} `INVALID_FORMAT` if the table is damaged */
export function batchesOfPart(
  part: DataframePart | undefined,
  schemas: RepeatedSchemas = new RepeatedSchemas(),
): readonly IpcBatch[] {
  return part === undefined ? [] : readIpc(readDataframePart(part), schemas.read).batches;
}

/** The limit of all tables of one call about a catalog, decompressed. A query of two million chunks has that. */
const MAX_TABLE_BYTES = 256 * 1024 * 1024;
/** The least that a response counts, so that empty ones have an end, too. */
const MIN_RESPONSE_BYTES = 4 * 1024;

export function tableOfResponse<Part>({ data }: { readonly data?: Part | undefined }): Part | undefined {
  return data;
}

/**
 * Yields the responses of a call whose tables stay in memory.
 * @throws {RerunError} `UNSUPPORTED` if there are too many, because a server may send tables without end
 */
export async function* limitedParts<Response>(
  responses: AsyncIterable<Response>,
  { doing }: CatalogCall,
  partOf: (response: Response) => DataframePart | undefined,
): AsyncGenerator<Response, void, undefined> {
  let bytes = 0;
  for await (const response of responses) {
    const part = partOf(response);
    bytes += Math.max(MIN_RESPONSE_BYTES, part?.payload?.byteLength ?? 0, Number(part?.uncompressedSize ?? 0));
    if (bytes > MAX_TABLE_BYTES) {
      const limit = `${MAX_TABLE_BYTES / 1024 / 1024} MiB`;
      throw new RerunError(
        "UNSUPPORTED",
        `cannot ${doing}: the tables of the catalog for this have more than ${limit}`,
      );
    }
    yield response;
  }
}

/** A schema in a message. @throws {RerunError} `INVALID_FORMAT` if the schema is damaged or missing */
export function schemaOfMessage(message: SchemaMessage | undefined): Schema {
  if (message?.arrowSchema === undefined) throw new RerunError("INVALID_FORMAT", "the catalog sent no schema");
  return readIpc(message.arrowSchema).schema;
}

/** The columns of a batch with their names: `undefined` if one is missing, or has another type. */
export function columnOf(batch: IpcBatch, name: string): Data | undefined {
  const index = batch.schema.fields.findIndex((field) => field.name === name);
  return index < 0 ? undefined : batch.column(index);
}

/** Converts a batch to apache-arrow's form. */
export function toRecordBatch(batch: IpcBatch): RecordBatch {
  const { schema, rows } = batch;
  return batchOf(
    schema,
    rows,
    schema.fields.map((_, index) => batch.column(index)),
  );
}

/** All rows of responses in one table. Without responses the table has only the schema. */
export async function collectTable(
  responses: AsyncIterable<{ readonly data?: DataframePart | undefined }>,
  schema: () => Promise<Schema>,
): Promise<Table> {
  const batches: RecordBatch[] = [];
  for await (const { data: part } of responses) batches.push(...batchesOfPart(part).map(toRecordBatch));
  const [first] = batches;
  return first === undefined ? new Table(await schema(), []) : new Table(first.schema, batches);
}

/** A message with a table of some columns. */
export function tablePart(schema: Schema, columns: readonly Data[], rows: number): ReturnType<typeof dataframePart> {
  return dataframePart(writtenIpc(ipcStream(schema, columns, rows)));
}

/** The times of a column of 64-bit integers or times. @throws {RerunError} `INVALID_FORMAT` if it has another type */
export function columnTimes({ type, values }: Data, name: string): BigInt64Array {
  if (isBigInt64Array(values)) return values;
  throw new RerunError("INVALID_FORMAT", `the catalog sent the column \`${name}\` as ${typeText(type)}, not as times`);
}

/**
 * The strings of each row of a column of lists. Nulls and missing columns have none.
 * @throws {RerunError} `INVALID_FORMAT` if it has another type
 */
export function textListsOf(table: Table, name: string): readonly (readonly string[])[] {
  const column = table.getChild(name);
  if (column === null) return Array.from({ length: table.numRows }, () => []);
  return Array.from({ length: table.numRows }, (_, row) => {
    const value: unknown = column.get(row);
    if (value === null) return [];
    const texts: unknown[] | undefined = value instanceof Vector ? [...value] : undefined;
    if (texts?.every((text) => typeof text === "string") === true) return texts;
    throw new RerunError(
      "INVALID_FORMAT",
      `the catalog sent the column \`${name}\` as ${typeText(column.type as DataType)}, not as lists of texts`,
    );
  });
}

/**
 * Reads the strings of a column of text. A null becomes `undefined`.
 * @throws {RerunError} if the column has another type
 */
export function textsOf(batch: IpcBatch, name: string): readonly (string | undefined)[] {
  const column = columnOf(batch, name);
  if (column === undefined)
    throw new RerunError("INVALID_FORMAT", `the catalog sent a table without the column \`${name}\``);
  const vector = new Vector([column]);
  return Array.from({ length: batch.rows }, (_, row) => {
    const value: unknown = vector.get(row);
    return typeof value === "string" ? value : undefined;
  });
}
