import { decompressChunk } from "./decompress-chunk.ts";
import { RECORD_HEADER, readChunk, type McapChunkHeader } from "./records.ts";
import { isZstdThreaded } from "./zstd-decoder.ts";
import { ZstdThread } from "./zstd-thread.ts";

/** The number of chunks that are decompressed ahead: one of them waits, so that the thread does not. */
export const CHUNKS_AHEAD = 2;
/** Larger chunks are not decompressed ahead, so that two of them are never in memory. */
export const MAX_AHEAD_BYTES: number = 8 * 1024 * 1024;

/** A chunk that is decompressed ahead. */
interface StartedChunk {
  readonly position: number;
  readonly records: Promise<Uint8Array>;
}

/**
 * Decompresses chunks. If another thread does that, it works on the next chunks while this one reads the records of the
 * current one.
 */
export class ChunksAhead {
  readonly #wantsChunk: ((chunk: McapChunkHeader) => boolean) | undefined;
  readonly #fileBytes: number;
  #thread: ZstdThread | undefined;
  #isClosed = false;
  #memory = new Uint8Array(0);
  readonly #started: StartedChunk[] = [];

  /**
   * @param fileBytes the size of the file
   * @param wantsChunk whether a chunk is read. Default: all
   */
  constructor(fileBytes: number, wantsChunk: ((chunk: McapChunkHeader) => boolean) | undefined) {
    this.#fileBytes = fileBytes;
    this.#wantsChunk = wantsChunk;
  }

  /** The records of a chunk, until the next one is taken. Rejects as {@link decompressChunk} does. */
  async take(position: number, chunk: McapChunkHeader): Promise<Uint8Array> {
    for (;;) {
      const started = this.#started.shift();
      if (started === undefined) return this.#decompress(chunk);
      if (started.position === position) return started.records;
      // It was passed over. Its memory is used again, so it must be done before.
      await started.records.catch(() => undefined);
    }
  }

  /** Whether another thread decompresses chunks with this compression. Their records are in memory of their own. */
  isThreaded(compression: string): boolean {
    return compression === "zstd" && (isZstdThreaded || this.#zstdThread().isThreaded);
  }

  /**
   * Starts a chunk behind the current one, if another thread decompresses it and few others are started.
   *
   * @param record the record of the chunk. It may change when this returns
   * @param position the position of the record in the file
   */
  start(record: Uint8Array, position: number): void {
    const last = this.#started.at(-1);
    if (this.#isClosed || this.#started.length >= CHUNKS_AHEAD || (last !== undefined && last.position >= position))
      return;
    let chunk: McapChunkHeader;
    try {
      chunk = readChunk(record.subarray(RECORD_HEADER));
    } catch {
      // The error is reported when the loop reaches this chunk.
      return;
    }
    if (!this.isThreaded(chunk.compression) || chunk.uncompressedSize > MAX_AHEAD_BYTES) return;
    if (this.#wantsChunk?.(chunk) === false) return;
    const records = this.#decompress(isZstdThreaded ? { ...chunk, records: chunk.records.slice() } : chunk);
    // A failure is reported when the loop reaches this chunk, which may never happen.
    records.catch(() => undefined);
    this.#started.push({ position, records });
  }

  /** Ends the other thread. */
  close(): void {
    this.#isClosed = true;
    this.#started.length = 0;
    this.#thread?.close();
  }

  #decompress(chunk: McapChunkHeader): Promise<Uint8Array> {
    const thread = chunk.compression === "zstd" && !isZstdThreaded ? this.#zstdThread() : undefined;
    return decompressChunk(chunk, this.#allocate, thread && ((bytes, size) => thread.decode(bytes, size)));
  }

  /** Memory for the records of one chunk at a time. It is used again, unless it is very large. */
  readonly #allocate = (size: number): Uint8Array<ArrayBuffer> => {
    if (size > MAX_AHEAD_BYTES) return new Uint8Array(size);
    if (this.#memory.byteLength < size) this.#memory = new Uint8Array(size + (size >> 2));
    return this.#memory.subarray(0, size);
  };

  #zstdThread(): ZstdThread {
    return (this.#thread ??= new ZstdThread(this.#fileBytes, CHUNKS_AHEAD, 2 * MAX_AHEAD_BYTES));
  }
}
