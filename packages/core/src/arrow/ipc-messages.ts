import { RerunError } from "../errors/rerun-error.ts";
import { FlatBufferTable } from "./flatbuffer-reader.ts";

/** The kinds of Arrow messages that are read. Source: Arrow's format/Message.fbs. */
export const HEADER = { schema: 1, dictionary: 2, batch: 3 } as const;

/** A message of an Arrow IPC stream. */
export interface IpcMessage {
  /** A value of {@link HEADER}. */
  readonly type: number;
  /** The header's table, of the type that `type` says. */
  readonly header: FlatBufferTable;
  /** The bytes of the metadata, to compare schemas. */
  readonly metadata: Uint8Array;
  readonly body: Uint8Array;
}

const CONTINUATION = 0xffffffff;

/**
 * Yields the messages of an Arrow IPC stream without copying them.
 * @param start the position of the first message
 * @throws {RerunError} `INVALID_FORMAT` where it is truncated, or no Arrow data
 * @throws {RangeError} where the metadata of a message is damaged
 */
export function* ipcMessages(bytes: Uint8Array, start = 0): Generator<IpcMessage> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = start; at + 8 <= bytes.byteLength;) {
    if (view.getUint32(at, true) !== CONTINUATION)
      throw new RerunError("INVALID_FORMAT", "the data is not an Arrow IPC stream");
    const length = view.getInt32(at + 4, true);
    if (length === 0) return;
    if (length < 0 || at + 8 + length > bytes.byteLength) throw truncated();
    const metadata = bytes.subarray(at + 8, at + 8 + length);
    const message = FlatBufferTable.root(new DataView(metadata.buffer, metadata.byteOffset, length));
    const header = message.table(2);
    const bodyLength = message.int64(3);
    const end = at + 8 + length + bodyLength;
    if (header === undefined || bodyLength < 0 || end > bytes.byteLength) throw truncated();
    yield { type: message.uint8(1), header, metadata, body: bytes.subarray(at + 8 + length, end) };
    at = end;
  }
}

function truncated(): RerunError {
  return new RerunError("INVALID_FORMAT", "the Arrow data is truncated, or its lengths are wrong");
}
