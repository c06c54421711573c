import { isArrayBuffer, isUint8Array } from "@rerun-ts/core/checks";
import { copyShared } from "#threads";
import type { OpenSource } from "@rerun-ts/reading/source";
import { decompressChunk, type ChunkDecoding } from "./decompress-chunk.ts";
import { MAX_AHEAD_BYTES } from "./first-chunks.ts";
import type { McapChunkHeader, StoredBytes } from "./records.ts";
import { isZstdThreaded } from "./zstd-decoder.ts";
import { ZstdThread } from "./zstd-thread.ts";

/** Decompresses the chunks of a file. */
export class ChunkDecoder {
  readonly #access: OpenSource;
  readonly #decoding: ChunkDecoding;
  #thread: ZstdThread | undefined;
  #memory = new Uint8Array(0);

  constructor(access: OpenSource) {
    this.#access = access;
    this.#decoding = {
      allocate: (size) => this.#allocate(size),
      decodeZstd: (bytes, size) => this.#zstdThread().decode(bytes, size),
      load: (bytes: Uint8Array | StoredBytes) =>
        isUint8Array(bytes) ? bytes : access.read(bytes.position, bytes.byteLength),
    };
  }

  /** Whether another thread decompresses a chunk, so that several may be decompressed at the same time. */
  isThreaded({ compression, uncompressedSize, records }: McapChunkHeader): boolean {
    if (compression !== "zstd" || Math.max(uncompressedSize, records.byteLength) > MAX_AHEAD_BYTES) return false;
    return isZstdThreaded || this.#zstdThread().isThreaded;
  }

  /** The records of a chunk, for {@link take}. Rejects as {@link decompressChunk} does. */
  decompress(chunk: McapChunkHeader): Promise<Uint8Array> {
    return decompressChunk(chunk, this.#decoding);
  }

  /** Takes the records of a chunk, until the next are taken: in memory of this thread, which reads it faster. */
  take(records: Uint8Array): Uint8Array {
    if (isArrayBuffer(records.buffer)) return records;
    const own = this.#allocate(records.byteLength);
    copyShared(own, records);
    this.#thread?.release(records);
    return own;
  }

  /** Ends the other thread. */
  close(): void {
    this.#thread?.close();
  }

  /** Memory for the records of one chunk at a time. It is used again, unless it is very large. */
  #allocate(size: number): Uint8Array<ArrayBuffer> {
    if (size > MAX_AHEAD_BYTES) return new Uint8Array(size);
    if (this.#memory.byteLength < size) this.#memory = new Uint8Array(size + (size >> 2));
    return this.#memory.subarray(0, size);
  }

  #zstdThread(): ZstdThread {
    return (this.#thread ??= new ZstdThread(this.#access, 2 * MAX_AHEAD_BYTES));
  }
}
