import { RerunError } from "@rerun-ts/core";
import type { DataframePart, SchemaMessage } from "@rerun-ts/core/cloud";
import { dataframePart, readDataframePart } from "@rerun-ts/core/rrd";
import { RecordBatch, Struct, Table, makeData, type Data, type Schema } from "apache-arrow";
import type { IpcBatch } from "../ipc/ipc-batch.ts";
import { readIpc } from "../ipc/read-ipc.ts";
import { ipcStream } from "../ipc/ipc-stream.ts";
import { writtenIpc } from "../ipc/written-ipc.ts";

/** The batches of a table in a message. @throws {RerunError} `INVALID_FORMAT` if it is damaged */
export function batchesOfPart(part: DataframePart | undefined): readonly IpcBatch[] {
  return part === undefined ? [] : readIpc(readDataframePart(part)).batches;
}

/** A schema in a message. @throws {RerunError} `INVALID_FORMAT` if it is damaged or missing */
export function schemaOfMessage(message: SchemaMessage | undefined): Schema {
  if (message?.arrowSchema === undefined) throw new RerunError("INVALID_FORMAT", "the catalog sent no schema");
  return readIpc(message.arrowSchema).schema;
}

/** The columns of a batch with their names: `undefined` if one is missing, or has another type. */
export function columnOf(batch: IpcBatch, name: string): Data | undefined {
  const index = batch.schema.fields.findIndex((field) => field.name === name);
  return index < 0 ? undefined : batch.column(index);
}

/** A batch as apache-arrow has it. */
export function toRecordBatch(batch: IpcBatch): RecordBatch {
  const { schema, rows } = batch;
  const children = schema.fields.map((_, index) => batch.column(index));
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children }));
}

/** All rows of responses in one table. Without any response it has the schema alone. */
export async function collectTable(
  parts: AsyncIterable<DataframePart | undefined>,
  schema: () => Promise<Schema>,
): Promise<Table> {
  const batches: RecordBatch[] = [];
  for await (const part of parts) batches.push(...batchesOfPart(part).map(toRecordBatch));
  const [first] = batches;
  return first === undefined ? new Table(await schema(), []) : new Table(first.schema, batches);
}

/** A message with a table of some columns. */
export function tablePart(schema: Schema, columns: readonly Data[], rows: number): ReturnType<typeof dataframePart> {
  return dataframePart(writtenIpc(ipcStream(schema, columns, rows)));
}

/** Reads the strings of a column of text; a null is `undefined`. @throws {RerunError} if the column is another one */
export function textsOf(batch: IpcBatch, name: string): readonly (string | undefined)[] {
  const vector = toRecordBatch(batch).getChild(name);
  if (vector === null)
    throw new RerunError("INVALID_FORMAT", `the catalog sent a table without the column \`${name}\``);
  return Array.from({ length: batch.rows }, (_, row) => {
    const value: unknown = vector.get(row);
    return typeof value === "string" ? value : undefined;
  });
}
