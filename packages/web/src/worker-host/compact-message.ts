import type { EncodedMessage } from "@rerun-ts/core";

/** The share of its memory that a message must fill, because posting copies the whole memory. */
const MIN_FILL = 0.8;

/** A message in memory of about its size. */
export function compactPortMessage(message: EncodedMessage): EncodedMessage {
  const { payload } = message;
  const { byteLength, buffer } = payload;
  return byteLength >= buffer.byteLength * MIN_FILL ? message : { ...message, payload: payload.slice() };
}
