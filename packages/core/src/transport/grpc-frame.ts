import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";

/** The fields of `LogMsg` by kind of message. Source: log_msg.proto. */
const FIELDS = { storeInfo: 1, chunk: 2, activation: 3 } as const;
const LENGTH_DELIMITED = 2;
/** The field `log_msg` of `WriteMessagesRequest`. Source: sdk_comms.proto. */
const LOG_MSG = 1;

/**
 * What stands before a message's payload in the body of a `WriteMessages` call: gRPC's length prefix, then the two
 * protobuf messages around the payload, which itself is sent as it is.
 */
export function grpcFrameHeader(message: Pick<EncodedMessage, "kind" | "payload">): Uint8Array<ArrayBuffer> {
  const { payload } = message;
  const inner = logMsgHeader(message);
  const outer = fieldHeader(LOG_MSG, inner.length + payload.byteLength);
  const header = new Uint8Array(5 + outer.length + inner.length);
  new DataView(header.buffer).setUint32(1, outer.length + inner.length + payload.byteLength);
  header.set(outer, 5);
  header.set(inner, 5 + outer.length);
  return header;
}

/** What stands before a message's payload to make it a `LogMsg`. */
export function logMsgHeader({ kind, payload }: Pick<EncodedMessage, "kind" | "payload">): readonly number[] {
  return fieldHeader(FIELDS[kind], payload.byteLength);
}

/** The tag and the length of a field that holds bytes. */
function fieldHeader(field: number, length: number): number[] {
  const bytes = [(field << 3) | LENGTH_DELIMITED];
  let rest = length;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
