import { RerunError } from "@rerun-ts/core";
import { checkGrowth } from "@rerun-ts/core/checks";
import { lz4FrameDecode } from "@rerun-ts/reading/chunks";
import type { McapChunkHeader, StoredBytes } from "./records.ts";

/** The largest size of nothing, compressed. */
const MAX_EMPTY_BYTES = 64;
/** The size that even the smallest chunk may have: far more than writers give to their chunks. */
const MAX_BYTES = 2 ** 30;

/** The means of decompressing chunks. */
export interface ChunkDecoding {
  /** Gives the memory for the records of LZ4. */
  allocate(this: void, size: number): Uint8Array<ArrayBuffer>;
  /** Decompresses zstd to `size` bytes. For damaged data, the result has another length, or the call rejects. */
  decodeZstd(this: void, bytes: Uint8Array | StoredBytes, size: number): Promise<Uint8Array>;
  /** Reads bytes of the file. */
  load(this: void, bytes: Uint8Array | StoredBytes): Uint8Array | Promise<Uint8Array>;
}

/**
 * The records of a chunk. Rejects with `INVALID_FORMAT` if they are damaged, with `UNSUPPORTED` if they are compressed
 * in another way, and with `IO_ERROR` if they cannot be read.
 */
export async function decompressChunk(
  { compression, records, uncompressedSize }: McapChunkHeader,
  { allocate, decodeZstd, load }: ChunkDecoding,
): Promise<Uint8Array> {
  if (compression === "") return load(records);
  if (uncompressedSize === 0 && records.byteLength <= MAX_EMPTY_BYTES) return new Uint8Array(0);
  checkGrowth(records.byteLength, uncompressedSize, MAX_BYTES);
  if (compression === "lz4") return lz4FrameDecode(await load(records), uncompressedSize, allocate);
  if (compression !== "zstd")
    throw new RerunError("UNSUPPORTED", `the chunk is compressed by ${JSON.stringify(compression)}, not zstd or lz4`);
  // Decoders take a size of 0 for an unknown one.
  if (uncompressedSize > 0) {
    try {
      const bytes = await decodeZstd(records, uncompressedSize);
      if (bytes.byteLength === uncompressedSize) return bytes;
    } catch (error) {
      if (isUnreadable(error)) throw error;
      throw new RerunError("INVALID_FORMAT", "the zstd compression of a chunk is damaged", { cause: error });
    }
  }
  throw new RerunError("INVALID_FORMAT", "the zstd compression of a chunk is damaged");
}

/** Whether an error says that a file cannot be read, not that it is damaged. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof RerunError && error.code !== "INVALID_FORMAT" && error.code !== "UNSUPPORTED";
}
