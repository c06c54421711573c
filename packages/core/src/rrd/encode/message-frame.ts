import type { EncodedMessage } from "./encoded-message.ts";

/** The numbers of the kinds of message in a stream. */
export const MESSAGE_KINDS = { end: 0, storeInfo: 1, chunk: 2, activation: 3 } as const;

/** The length of the header before each message in bytes. */
export const MESSAGE_HEADER_LENGTH = 16;

/** Encodes the header of a message with a payload of `length` bytes. */
export function encodeMessageHeader(kind: EncodedMessage["kind"] | "end", length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(MESSAGE_HEADER_LENGTH);
  bytes[0] = MESSAGE_KINDS[kind];
  // A `DataView` needs the array's `ArrayBuffer`, and engines move small arrays to a separate one for that.
  for (let at = 8; length > 0; at++) {
    bytes[at] = length;
    length = Math.floor(length / 256);
  }
  return bytes;
}
