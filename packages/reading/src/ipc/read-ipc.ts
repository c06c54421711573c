import { RerunError } from "@rerun-ts/core";
import { HEADER, type IpcMessage } from "@rerun-ts/core/rrd";
import type { Schema } from "apache-arrow";
import { DictionaryReader } from "./dictionaries.ts";
import { IpcBatch } from "./ipc-batch.ts";
import { messagesIn } from "./messages-in.ts";
import { readSchema } from "./read-schema.ts";

/** An Arrow IPC stream or file. */
export interface IpcContents {
  readonly schema: Schema;
  readonly batches: readonly IpcBatch[];
}

/**
 * Reads an Arrow IPC stream or file, whose buffers may be compressed with LZ4 or zstd. Columns are read on first
 * access.
 *
 * @param schemaOf returns the schema of a message, possibly from a cache
 * @param maxBatches the maximum number of batches to read
 * @throws {RerunError} `INVALID_FORMAT` if the data is damaged, `UNSUPPORTED` at a type that apache-arrow lacks
 */
export function readIpc(
  bytes: Uint8Array,
  schemaOf: (message: IpcMessage) => Schema = ({ header }) => readSchema(header),
  maxBatches: number = Infinity,
): IpcContents {
  try {
    return read(bytes, schemaOf, maxBatches);
  } catch (error) {
    // A read went beyond the end of the data.
    if (error instanceof RangeError)
      throw new RerunError("INVALID_FORMAT", "the Arrow data is damaged", { cause: error });
    throw error;
  }
}

function read(bytes: Uint8Array, schemaOf: (message: IpcMessage) => Schema, maxBatches: number): IpcContents {
  let schema: Schema | undefined;
  const batches: IpcBatch[] = [];
  const dictionaries = new DictionaryReader();
  for (const message of messagesIn(bytes)) {
    if (message.type === HEADER.schema) schema = schemaOf(message);
    else if (schema === undefined) break;
    else if (message.type === HEADER.dictionary) dictionaries.read(schema, message);
    else if (message.type === HEADER.batch)
      batches.push(new IpcBatch(schema, message.header, message.body, dictionaries.take()));
    else throw new RerunError("UNSUPPORTED", `the Arrow data has a message of the unknown type ${message.type}`);
    if (batches.length === maxBatches) break;
  }
  if (schema === undefined) throw new RerunError("INVALID_FORMAT", "the Arrow data has no schema");
  return { schema, batches };
}
