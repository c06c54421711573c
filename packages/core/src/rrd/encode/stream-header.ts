import { RERUN_VERSION_PARTS } from "../../rerun-version.ts";

/**
 * The version of Rerun in store infos: major, minor, patch and, for a release, 0 as bytes of a little-endian number.
 */
export const CRATE_VERSION_BITS: number =
  RERUN_VERSION_PARTS[0] | (RERUN_VERSION_PARTS[1] << 8) | (RERUN_VERSION_PARTS[2] << 16);

/** The length of a stream's header in bytes. */
export const STREAM_HEADER_LENGTH = 12;

const COMPRESSION_LZ4 = 1;
const SERIALIZER_PROTOBUF = 2;

/** The magic number in a stream's header and footer. */
export const STREAM_MAGIC = "RRF2";

/** Encodes the header of a `.rrd` stream. Its compression is only a hint, because each message has its own. */
export function encodeStreamHeader(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(STREAM_HEADER_LENGTH);
  new TextEncoder().encodeInto(STREAM_MAGIC, bytes);
  bytes.set(RERUN_VERSION_PARTS, 4);
  bytes.set([COMPRESSION_LZ4, SERIALIZER_PROTOBUF, 0, 0], 8);
  return bytes;
}
