import { decodeMessageFrame } from "../rrd/decode/decode-message-frame.ts";
import { isStreamHeader } from "../rrd/decode/decode-stream-header.ts";
import { MESSAGE_HEADER_LENGTH } from "../rrd/encode/message-frame.ts";
import { STREAM_HEADER_LENGTH } from "../rrd/encode/stream-header.ts";

/**
 * The length of a segment up to the end of its last complete message. Later bytes are an incomplete message of a
 * program that was killed. 0 if even the header is incomplete.
 */
export function completeLength(bytes: Uint8Array): number {
  if (bytes.byteLength < STREAM_HEADER_LENGTH || !isStreamHeader(bytes)) return 0;
  let at = STREAM_HEADER_LENGTH;
  while (at + MESSAGE_HEADER_LENGTH <= bytes.byteLength) {
    const frame = decodeMessageFrame(bytes.subarray(at, at + MESSAGE_HEADER_LENGTH));
    // Segments have no end message. After a power loss, zeros may look like one.
    if (frame === undefined || frame.kind === "end") break;
    const end = at + MESSAGE_HEADER_LENGTH + frame.length;
    if (end > bytes.byteLength) break;
    at = end;
  }
  return at;
}
