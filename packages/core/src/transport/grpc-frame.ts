import { LENGTH_DELIMITED, varintLength, writeVarint } from "../protobuf/varint.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";

/** The path of Rerun's gRPC service, in front of the method's name. Source: sdk_comms.proto. */
export const PROXY_SERVICE_PATH = "/rerun.sdk_comms.v1alpha1.MessageProxyService/";
/** The path of the method that takes messages. */
export const WRITE_MESSAGES_PATH: string = `${PROXY_SERVICE_PATH}WriteMessages`;

/** The fields of `LogMsg` by kind of message. Source: log_msg.proto. */
const FIELDS = { storeInfo: 1, chunk: 2, activation: 3 } as const;
/** The field `log_msg` of `WriteMessagesRequest`. Source: sdk_comms.proto. */
const LOG_MSG = 1;
/** The length of gRPC's prefix: a flag and the length of the message. */
const PREFIX_BYTES = 5;

/**
 * The bytes in front of a message's payload in the body of a `WriteMessages` call: gRPC's length prefix, then the
 * headers of the two protobuf messages that contain the payload. The payload itself is sent unchanged.
 */
export function grpcFrameHeader(message: Pick<EncodedMessage, "kind" | "payload">): Uint8Array<ArrayBuffer> {
  const inner = logMsgHeader(message);
  const bodyLength = inner.length + message.payload.byteLength;
  const outer = fieldHeader(LOG_MSG, bodyLength);
  const header = new Uint8Array(PREFIX_BYTES + outer.length + inner.length);
  new DataView(header.buffer).setUint32(1, outer.length + bodyLength);
  header.set(outer, PREFIX_BYTES);
  header.set(inner, PREFIX_BYTES + outer.length);
  return header;
}

/** The bytes in front of a message's payload that make it a `LogMsg`. */
export function logMsgHeader({ kind, payload }: Pick<EncodedMessage, "kind" | "payload">): Uint8Array {
  return fieldHeader(FIELDS[kind], payload.byteLength);
}

/** The tag and the length of a length-delimited field. */
function fieldHeader(field: number, length: number): Uint8Array {
  const bytes = new Uint8Array(1 + varintLength(length));
  bytes[0] = (field << 3) | LENGTH_DELIMITED;
  writeVarint(bytes, 1, length);
  return bytes;
}
