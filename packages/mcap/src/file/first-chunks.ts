import { isUint8Array } from "@rerun-ts/core/checks";
import type { StoredZstd } from "@rerun-ts/reading/source";
import { MAGIC, OP, RECORD_HEADER, locateChunk, recordLength } from "./records.ts";

/** Number of bytes of each read: indexes of a chunk, and the head of the next. */
const PART_BYTES = 4096;
/** Number of bytes in which the head of a chunk lies. */
const HEAD_BYTES = 256;
/** Larger chunks are not decompressed ahead, so that two of them are never in memory. */
export const MAX_AHEAD_BYTES: number = 8 * 1024 * 1024;
/** The chunks have at most this size together, before or after decompression. */
const MAX_BYTES = 20 * 1024 * 1024;
/** The most records that are passed over. */
const MAX_RECORDS = 4096;

/**
 * The first chunks of a file, if zstd compresses them. Ends at the first chunk that is damaged, large, or compressed
 * in another way.
 *
 * @param read reads up to this many bytes
 */
export function firstChunks(read: (position: number, length: number) => Uint8Array): readonly StoredZstd[] {
  const chunks: StoredZstd[] = [];
  let position: number = MAGIC.byteLength;
  let part: Uint8Array = new Uint8Array(0);
  let bytes = 0;
  for (let count = 0; count < MAX_RECORDS; count++) {
    if (part.byteLength < HEAD_BYTES) part = read(position, PART_BYTES);
    if (part.byteLength < RECORD_HEADER) break;
    const length = recordLength(part, 0);
    if (part[0] === OP.chunk) {
      const chunk = zstdIn(part, position, length);
      const size = chunk === undefined ? Infinity : Math.max(chunk.byteLength, chunk.size);
      bytes += size;
      if (chunk === undefined || size > MAX_AHEAD_BYTES || bytes > MAX_BYTES) break;
      chunks.push(chunk);
    }
    position += length;
    // The file ends within the record, and has fewer bytes than that.
    if (!Number.isSafeInteger(position)) break;
    part = part.subarray(length);
  }
  return chunks;
}

function zstdIn(head: Uint8Array, position: number, length: number): StoredZstd | undefined {
  try {
    const chunk = locateChunk(head.subarray(RECORD_HEADER), position + RECORD_HEADER, length - RECORD_HEADER);
    const { compression, records, uncompressedSize } = chunk;
    if (compression !== "zstd" || isUint8Array(records) || uncompressedSize === 0) return undefined;
    return { ...records, size: uncompressedSize };
  } catch {
    return undefined;
  }
}
