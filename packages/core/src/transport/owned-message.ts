import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { RecordingSinkContext } from "../sink/sink.ts";

/** Smaller buffers are not worth recycling. */
const MIN_RECYCLED_BYTES = 64 * 1024;
/** Share of its buffer that a message must fill: queues count the bytes of messages, not of their buffers. */
const MIN_FILL = 0.8;

/** A message that a sink owns, in memory that fits it: copied if it is small, or fills too little of its buffer. */
export function compactMessage(message: EncodedMessage, context: RecordingSinkContext): EncodedMessage {
  const { payload } = message;
  const { byteLength, buffer } = payload;
  if (byteLength >= MIN_RECYCLED_BYTES && byteLength >= buffer.byteLength * MIN_FILL) return message;
  if (byteLength === buffer.byteLength) return message;
  const copy = payload.slice();
  context.recycle(payload);
  return { ...message, payload: copy };
}

/** Gives the memory of a message back to the recording, unless it is too small to be worth it. */
export function releasePayload(payload: Uint8Array<ArrayBuffer>, context: RecordingSinkContext): void {
  if (payload.buffer.byteLength >= MIN_RECYCLED_BYTES) context.recycle(payload);
}
