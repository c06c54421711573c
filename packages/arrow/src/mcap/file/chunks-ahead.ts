import { decompressChunk } from "./decompress-chunk.ts";
import { OP, RECORD_HEADER, readChunk, recordLength, type McapChunkHeader } from "./records.ts";
import { isZstdThreaded } from "./zstd-decoder.ts";

/** Larger chunks are not decompressed ahead, so that two of them are never in memory. */
const MAX_AHEAD_BYTES = 8 * 1024 * 1024;

/**
 * Decompresses chunks. If another thread does that, it starts the next chunk while this one reads the records of the
 * current one.
 */
export class ChunksAhead {
  readonly #wantsChunk: ((chunk: McapChunkHeader) => boolean) | undefined;
  #next: { readonly position: number; readonly records: Promise<Uint8Array> } | undefined;

  /** @param wantsChunk whether a chunk is read. Default: all */
  constructor(wantsChunk: ((chunk: McapChunkHeader) => boolean) | undefined) {
    this.#wantsChunk = wantsChunk;
  }

  /** The records of the chunk at a position. Rejects as {@link decompressChunk} does. */
  take(position: number, chunk: McapChunkHeader): Promise<Uint8Array> {
    const next = this.#next;
    this.#next = undefined;
    return next?.position === position ? next.records : decompressChunk(chunk);
  }

  /**
   * Starts the next chunk, if all of it is there.
   *
   * @param bytes records of the file. They must stay until the next chunk is taken
   * @param position the position of the bytes in the file
   */
  start(bytes: Uint8Array, position: number): void {
    if (!isZstdThreaded) return;
    let at = 0;
    while (at + RECORD_HEADER <= bytes.byteLength && bytes[at] !== OP.footer) {
      const end = at + recordLength(bytes, at);
      if (end > bytes.byteLength) return;
      if (bytes[at] === OP.chunk) return this.#startChunk(bytes.subarray(at + RECORD_HEADER, end), position + at);
      at = end;
    }
  }

  #startChunk(record: Uint8Array, position: number): void {
    let chunk: McapChunkHeader;
    try {
      chunk = readChunk(record);
    } catch {
      // The error is reported when the loop reaches this chunk.
      return;
    }
    if (chunk.compression !== "zstd" || chunk.uncompressedSize > MAX_AHEAD_BYTES) return;
    if (this.#wantsChunk?.(chunk) === false) return;
    const records = decompressChunk(chunk);
    // A failure is reported when the loop reaches this chunk, which may never happen.
    records.catch(() => undefined);
    this.#next = { position, records };
  }
}
