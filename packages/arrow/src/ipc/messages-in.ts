import { ipcMessages, type IpcMessage } from "@rerun-ts/core/rrd";

/** The first bytes of an Arrow IPC file, after which the same messages follow as in a stream. */
const FILE_MAGIC = "ARROW1";
/** The magic and its padding. */
const FILE_START = 8;

/**
 * Yields the messages of an Arrow IPC stream or file, without copying.
 * @throws {RerunError} `INVALID_FORMAT` where the data is truncated, or is no Arrow data
 */
export function messagesIn(bytes: Uint8Array): Generator<IpcMessage> {
  const isFile = String.fromCharCode(...bytes.subarray(0, FILE_MAGIC.length)) === FILE_MAGIC;
  return ipcMessages(bytes, isFile ? FILE_START : 0);
}
