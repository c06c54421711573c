/** The version of Rerun whose format is written. */
export const RERUN_VERSION = "0.41.0";

/** Major, minor, patch and 0 for a release. */
const VERSION_BYTES = [0, 41, 0, 0] as const;

/** The same four bytes as a little-endian number, as store infos tell it. */
export const CRATE_VERSION_BITS: number =
  VERSION_BYTES[0] | (VERSION_BYTES[1] << 8) | (VERSION_BYTES[2] << 16) | (VERSION_BYTES[3] << 24);

/** The length of a stream's header. */
export const STREAM_HEADER_LENGTH = 12;

const COMPRESSION_LZ4 = 1;
const SERIALIZER_PROTOBUF = 2;

/** The magic number of a stream and, in the footer, of its end. */
export const STREAM_MAGIC = "RRF2";

/** The first bytes of a `.rrd` stream. The compression is a hint: each message tells its own. */
export function encodeStreamHeader(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(STREAM_HEADER_LENGTH);
  new TextEncoder().encodeInto(STREAM_MAGIC, bytes);
  bytes.set(VERSION_BYTES, 4);
  bytes.set([COMPRESSION_LZ4, SERIALIZER_PROTOBUF, 0, 0], 8);
  return bytes;
}
