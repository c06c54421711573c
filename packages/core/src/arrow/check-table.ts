import { invalidArgument } from "../checks/invalid-value-error.ts";
import { RerunError } from "../errors/rerun-error.ts";
import type { FlatBufferTable } from "./flatbuffer-reader.ts";
import { HEADER, ipcMessages } from "./ipc-messages.ts";
import { fieldReader } from "./read-fields.ts";

/**
 * Checks that viewers can show a table: of several record batches they show the first, and at a dictionary Rerun 0.41
 * crashes.
 *
 * @param arrow the bytes of an Arrow IPC stream
 * @throws {TypeError} naming the problem
 * @throws {RerunError} `INVALID_FORMAT` if the bytes are not an Arrow IPC stream
 */
export function checkTable(arrow: Uint8Array): void {
  let batches = 0;
  let dictionary: string | undefined;
  try {
    for (const { type, header } of ipcMessages(arrow)) {
      if (type === HEADER.batch) batches++;
      if (type === HEADER.schema) dictionary ??= dictionaryIn(header);
    }
  } catch (error) {
    throw RerunError.from(error, "INVALID_FORMAT");
  }
  if (dictionary !== undefined) {
    const expected = "a table without dictionaries, at which viewers crash: convert the column to plain values";
    throw invalidArgument("arrow", expected, dictionary);
  }
  if (batches !== 1) throw invalidArgument("arrow", "an Arrow IPC stream with one record batch", batches);
}

/** The column that has a dictionary, if any. */
function dictionaryIn(schema: FlatBufferTable): string | undefined {
  const read = fieldReader<boolean>(schema, (field, children) => field.has(4) || children.includes(true));
  return schema.tables(1).find(read)?.text(0);
}
