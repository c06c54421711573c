import type { Tuid } from "../../batch/tuid.ts";
import { varintLength, writeVarint } from "../../protobuf/varint.ts";
import { ENCODED_TUID_LENGTH, writeEncodedTuid } from "./encode-tuid.ts";

const COMPRESSION_NONE = 1;
const COMPRESSION_LZ4 = 2;
const ENCODING_ARROW_IPC = 1;

/** The fields of `rerun.log_msg.v1alpha1.ArrowMsg` other than the payload. */
export interface ArrowMessageHead {
  /** The encoded `StoreId`. */
  readonly storeId: Uint8Array;
  readonly chunkId: Tuid;
  readonly isStatic: boolean;
}

/** The largest size of the fields before the payload, which is also enough for the fields after it. */
export function maxFrameLength({ storeId }: Pick<ArrowMessageHead, "storeId">): number {
  // Two tags and lengths, compression, the uncompressed size and the encoding.
  return storeId.byteLength + 6 + 2 + 9 + 2 + 9;
}

/**
 * Writes the fields of an `ArrowMsg` around its payload, which is already in `target` at `start`. Payloads are the
 * largest part of a recording, and are therefore never copied for framing. {@link maxFrameLength} bytes must be free
 * before and after the payload. Returns the message, a part of `target`.
 */
export function frameArrowMessage(
  target: Uint8Array<ArrayBuffer>,
  start: number,
  length: number,
  uncompressedSize: number,
  isCompressed: boolean,
  head: ArrowMessageHead,
): Uint8Array<ArrayBuffer> {
  const { storeId, chunkId, isStatic } = head;
  const headLength =
    1 +
    varintLength(storeId.byteLength) +
    storeId.byteLength +
    2 +
    1 +
    varintLength(uncompressedSize) +
    2 +
    1 +
    varintLength(length);
  let at = start - headLength;
  at = writeVarint(target, tag(target, at, 1, 2), storeId.byteLength);
  target.set(storeId, at);
  at += storeId.byteLength;
  at = writeVarint(target, tag(target, at, 2, 0), isCompressed ? COMPRESSION_LZ4 : COMPRESSION_NONE);
  at = writeVarint(target, tag(target, at, 3, 0), uncompressedSize);
  at = writeVarint(target, tag(target, at, 4, 0), ENCODING_ARROW_IPC);
  at = writeVarint(target, tag(target, at, 5, 2), length);
  at = start + length;
  at = writeVarint(target, tag(target, at, 6, 2), ENCODED_TUID_LENGTH);
  at = writeEncodedTuid(target, at, chunkId);
  at = tag(target, at, 7, 0);
  at = writeVarint(target, at, isStatic ? 1 : 0);
  return target.subarray(start - headLength, at);
}

function tag(target: Uint8Array, at: number, field: number, wireType: number): number {
  target[at] = field * 8 + wireType;
  return at + 1;
}
