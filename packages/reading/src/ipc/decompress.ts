import { RerunError } from "@rerun-ts/core";
import { decompress } from "fzstd";
import { lz4FrameDecode } from "./lz4-frame.ts";

/** The codecs of compressed Arrow buffers. Source: Arrow's format/Message.fbs, `CompressionType`. */
const CODEC_LZ4_FRAME = 0;
const CODEC_ZSTD = 1;
/** The length that marks an uncompressed buffer. */
const STORED = -1n;
/** No codec shrinks data further in practice: more is taken for damage, before memory is allocated. */
const MAX_ZSTD_RATIO = 100_000;

/**
 * Decompresses one buffer of a record batch, which begins with its length.
 * @param read counts the bytes before memory is allocated for them
 * @throws {RerunError} `INVALID_FORMAT` if the buffer is damaged, and the errors of `read`
 */
export function decompressBuffer(buffer: Uint8Array, codec: number, read: (bytes: number) => void): Uint8Array {
  if (buffer.byteLength === 0) return buffer;
  if (buffer.byteLength < 8) throw new RerunError("INVALID_FORMAT", "a compressed Arrow buffer has no length");
  const length = new DataView(buffer.buffer, buffer.byteOffset, 8).getBigInt64(0, true);
  const body = buffer.subarray(8);
  if (length === STORED) return body;
  const size = Number(length);
  if (size === 0) return new Uint8Array(0);
  read(size);
  if (codec === CODEC_LZ4_FRAME) return lz4FrameDecode(body, size);
  if (codec === CODEC_ZSTD) return zstdDecode(body, size);
  throw new RerunError("UNSUPPORTED", `the Arrow data is compressed by the unknown codec ${codec}`);
}

function zstdDecode(body: Uint8Array, size: number): Uint8Array {
  if (!(size > 0 && size <= body.byteLength * MAX_ZSTD_RATIO)) throw damagedZstd();
  try {
    const bytes = decompress(body, new Uint8Array(size));
    if (bytes.byteLength === size) return bytes;
  } catch (error) {
    throw damagedZstd(error);
  }
  throw damagedZstd();
}

function damagedZstd(cause?: unknown): RerunError {
  return new RerunError("INVALID_FORMAT", "a buffer with zstd compression is damaged", { cause });
}
