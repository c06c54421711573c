import { writeInt64 } from "../../arrow/write-int64.ts";
import type { EncodedMessage } from "./encoded-message.ts";

/** The numbers of the kinds of message in a stream. */
export const MESSAGE_KINDS = { end: 0, storeInfo: 1, chunk: 2, activation: 3 } as const;

/** The length of the header before each message in bytes. */
export const MESSAGE_HEADER_LENGTH = 16;

/** Encodes the header of a message with a payload of `length` bytes. */
export function encodeMessageHeader(kind: EncodedMessage["kind"] | "end", length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(MESSAGE_HEADER_LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, MESSAGE_KINDS[kind]);
  writeInt64(view, 8, length);
  return bytes;
}
