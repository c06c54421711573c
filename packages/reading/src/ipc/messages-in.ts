import { RerunError } from "@rerun-ts/core";
import { FlatBufferTable, HEADER, ipcMessages, type IpcMessage } from "@rerun-ts/core/rrd";

/** The first bytes of an Arrow IPC file, after which the same messages follow as in a stream. */
const FILE_MAGIC = "ARROW1";
/** The magic and its padding. */
const FILE_START = 8;

/**
 * Yields the messages of an Arrow IPC stream or file, without copying.
 * @throws {RerunError} `INVALID_FORMAT` where the data is truncated, or is not Arrow data
 */
export function messagesIn(bytes: Uint8Array): Generator<IpcMessage> {
  const isFile = String.fromCharCode(...bytes.subarray(0, FILE_MAGIC.length)) === FILE_MAGIC;
  return isFile ? fileMessages(bytes) : ipcMessages(bytes);
}

/** The messages of a file. The writer of apache-arrow has the schema in the footer only. */
function* fileMessages(bytes: Uint8Array): Generator<IpcMessage> {
  let isFirst = true;
  for (const message of ipcMessages(bytes, FILE_START)) {
    if (isFirst && message.type !== HEADER.schema) yield schemaOfFooter(bytes);
    isFirst = false;
    yield message;
  }
  if (isFirst) yield schemaOfFooter(bytes);
}

/** The schema in a file's footer: the table `Footer`, its length, and the magic. Source: Arrow's format/File.fbs. */
function schemaOfFooter(bytes: Uint8Array): IpcMessage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.byteLength - FILE_MAGIC.length - 4;
  const start = end < FILE_START ? -1 : end - view.getInt32(end, true);
  if (start < FILE_START || start >= end)
    throw new RerunError("INVALID_FORMAT", "the Arrow data has no schema: the file is truncated");
  const metadata = bytes.subarray(start, end);
  const header = FlatBufferTable.root(new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength)).table(1);
  if (header === undefined) throw new RerunError("INVALID_FORMAT", "the Arrow data has no schema");
  return { type: HEADER.schema, header, metadata, body: new Uint8Array(0) };
}
