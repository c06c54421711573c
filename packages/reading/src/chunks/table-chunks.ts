import { checkOptions, invalidArgument, type OptionNames, isUint8Array } from "@rerun-ts/core/checks";
import { Table, isArrowRecordBatch, isArrowTable, tableToIPC, type DataType, type RecordBatch } from "apache-arrow";
import { checkOwnClasses } from "../arrays/own-classes.ts";
import { listData } from "../arrays/list-data.ts";
import { plainLists } from "../arrays/plain-lists.ts";
import type { IpcBatch } from "../ipc/ipc-batch.ts";
import { readIpc } from "../ipc/read-ipc.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import { plainBytes } from "../arrays/plain-bytes.ts";
import { makeChunk } from "./make-chunk.ts";
import { planTable, type DataframeOptions, type EntityColumns, type TablePlan } from "./table-columns.ts";
import { timeColumn, timeData } from "./time-columns.ts";

const KNOWN: OptionNames<DataframeOptions> = { index: 1, entityPath: 1, floatIndex: 1 };

/** @throws {TypeError} if an option of `call` is wrong */
export function checkTableOptions(call: string, options: DataframeOptions): void {
  checkOptions(call, options, KNOWN);
  const { floatIndex = "duration" } = options;
  if (floatIndex !== "duration" && floatIndex !== "timestamp")
    throw invalidArgument("floatIndex", '"duration" or "timestamp"', floatIndex);
}

/**
 * The batches of an in-memory table, or `undefined` for other values. Data of apache-arrow is encoded first, because
 * its arrays may be parts of others.
 *
 * @param argument the name of the table in errors
 * @throws {TypeError} if it is of another copy of apache-arrow
 */
export function tableBatches(data: unknown, argument: string): readonly IpcBatch[] | undefined {
  if (isUint8Array(data)) return readIpc(plainBytes(data)).batches;
  if (isArrowTable(data)) {
    checkOwnClasses(argument, typesIn(data));
    return readIpc(tableToIPC(data, "stream")).batches;
  }
  return isArrowRecordBatch(data) ? batchesOf(data, argument) : undefined;
}

/** The batches of a batch of apache-arrow. @throws {TypeError} if it is of another copy of apache-arrow */
export function batchesOf(data: RecordBatch, argument: string): readonly IpcBatch[] {
  if (isArrowRecordBatch(data)) checkOwnClasses(argument, typesIn(data));
  return readIpc(tableToIPC(new Table([data]), "stream")).batches;
}

function typesIn({ schema }: Table | RecordBatch): readonly DataType[] {
  return schema.fields.map(({ type }) => type as DataType);
}

/** The chunks of a batch: one for each entity. */
export function batchChunks(batch: IpcBatch, options: DataframeOptions): readonly ChunkData[] {
  if (batch.rows === 0) return [];
  const plan = planTable(batch.schema, options);
  return plan.entities.map((entity) => entityChunk(batch, plan, entity));
}

function entityChunk(batch: IpcBatch, { indexes }: TablePlan, { entityPath, components }: EntityColumns): ChunkData {
  const columns = [
    ...indexes.map(({ field, position }) => timeColumn(field, timeData(batch.column(position), field))),
    ...components.map(({ field, position }) => ({
      field,
      data: listData(plainLists(batch.column(position)), field.type),
    })),
  ];
  return makeChunk({ entityPath, rows: batch.rows, columns });
}
