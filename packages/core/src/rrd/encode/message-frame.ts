import { writeInt64 } from "../../arrow/write-int64.ts";
import type { EncodedMessage } from "./encoded-message.ts";

/** The kinds of message in a stream, by number. */
export const MESSAGE_KINDS = { end: 0, storeInfo: 1, chunk: 2, activation: 3 } as const;

/** The length of the header before each message. */
export const MESSAGE_HEADER_LENGTH = 16;

/** The header that goes before a message's payload. */
export function encodeMessageHeader(kind: EncodedMessage["kind"] | "end", length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(MESSAGE_HEADER_LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, MESSAGE_KINDS[kind]);
  writeInt64(view, 8, length);
  return bytes;
}
