import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { RecordingSinkContext } from "../sink/sink.ts";

/** Smaller buffers are not worth recycling. */
const MIN_RECYCLED_BYTES = 64 * 1024;
/**
 * The share of its buffer that a message must fill, because queues count the bytes of messages, not of their buffers.
 */
const MIN_FILL = 0.8;

/**
 * A message that a sink owns, in memory of its size. Copied if the message is small, or fills too little of its buffer.
 */
export function compactMessage(message: EncodedMessage, context: RecordingSinkContext): EncodedMessage {
  const { payload } = message;
  const { byteLength, buffer } = payload;
  if (byteLength >= MIN_RECYCLED_BYTES && byteLength >= buffer.byteLength * MIN_FILL) return message;
  if (byteLength === buffer.byteLength) return message;
  const copy = payload.slice();
  context.recycle(payload);
  return { ...message, payload: copy };
}

/** Returns the memory of a message to the recording, unless the memory is too small to be worth it. */
export function releasePayload(payload: Uint8Array<ArrayBuffer>, context: RecordingSinkContext): void {
  if (payload.buffer.byteLength >= MIN_RECYCLED_BYTES) context.recycle(payload);
}
