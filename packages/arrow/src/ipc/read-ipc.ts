import { RerunError } from "@rerun-ts/core";
import type { FlatBufferTable } from "@rerun-ts/core/internal-decode";
import { DataType, Vector, type Field, type Schema } from "apache-arrow";
import { IpcBatch, partsOf, type Dictionaries } from "./ipc-batch.ts";
import { HEADER, ipcMessages, type IpcMessage } from "./messages.ts";
import { readArray } from "./read-array.ts";
import { readSchema, streamIdOf } from "./read-schema.ts";

/** An Arrow IPC stream or file. */
export interface IpcStream {
  readonly schema: Schema;
  readonly batches: readonly IpcBatch[];
}

/**
 * Reads an Arrow IPC stream or file, whose buffers may be compressed with LZ4 or zstd. Columns are read when they are
 * asked for.
 *
 * @param schemaOf returns the schema of a message; the caller may have read it before
 * @throws {RerunError} `FORMAT` if it is damaged, `UNSUPPORTED` at a type that apache-arrow does not have
 */
export function readIpc(
  bytes: Uint8Array,
  schemaOf: (message: IpcMessage) => Schema = ({ header }) => readSchema(header),
): IpcStream {
  try {
    return read(bytes, schemaOf);
  } catch (error) {
    // The data was read beyond its end.
    if (error instanceof RangeError) throw new RerunError("FORMAT", "the Arrow data is damaged", { cause: error });
    throw error;
  }
}

function read(bytes: Uint8Array, schemaOf: (message: IpcMessage) => Schema): IpcStream {
  let schema: Schema | undefined;
  const batches: IpcBatch[] = [];
  const dictionaries: Dictionaries = new Map();
  for (const message of ipcMessages(bytes)) {
    if (message.type === HEADER.schema) schema = schemaOf(message);
    else if (schema === undefined) break;
    else if (message.type === HEADER.dictionary) readDictionary(schema, message, dictionaries);
    else if (message.type === HEADER.batch)
      batches.push(new IpcBatch(schema, message.header, message.body, dictionaries));
    else throw new RerunError("UNSUPPORTED", `the Arrow data has a message of the unknown type ${message.type}`);
  }
  if (schema === undefined) throw new RerunError("FORMAT", "the Arrow data has no schema");
  return { schema, batches };
}

function readDictionary(schema: Schema, { header, body }: IpcMessage, dictionaries: Dictionaries): void {
  const id = header.int64(0);
  const batch = header.table(1);
  const type = findDictionary(schema.fields, id);
  if (batch === undefined || type === undefined)
    throw new RerunError("FORMAT", `the Arrow dictionary ${id} belongs to no column`);
  const data = readArray(type, partsOf(batch, body, dictionaries), { node: 0, buffer: 0, view: 0 });
  const before = isDelta(header) ? (dictionaries.get(id)?.data ?? []) : [];
  dictionaries.set(id, new Vector([...before, data]));
}

function isDelta(header: FlatBufferTable): boolean {
  return header.uint8(2) !== 0;
}

/** The type of a dictionary's values. */
function findDictionary(fields: readonly Field[], id: number): DataType | undefined {
  for (const { type } of fields as readonly Field<DataType>[]) {
    if (DataType.isDictionary(type)) {
      if (streamIdOf(type) === id) return type.dictionary;
      const inside = findDictionary(type.dictionary.children ?? [], id);
      if (inside !== undefined) return inside;
    } else {
      const inside = findDictionary(type.children ?? [], id);
      if (inside !== undefined) return inside;
    }
  }
  return undefined;
}
