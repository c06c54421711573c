import { slabs } from "../source/slabs.ts";
import { OBJECT_BYTES } from "../store/caching-loader.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import type { ChunkEntry } from "./chunk-entry.ts";

/** The most memory of chunks that stay between two passes, in bytes. */
const MAX_BYTES = 96 * 1024 * 1024;
/** The least data of a chunk that stays: the objects of many small ones cost more than reading them again. */
const MIN_CHUNK_BYTES = 8 * 1024;
/** The size of memory that pieces are cut from, in bytes. */
const SLAB = 512 * 1024;

/**
 * Chunks of the first pass over a recording, for the second. As many large ones stay in memory as fit, so that a second
 * pass over a small recording hardly reads and decompresses chunks again. The rows of the others are overwritten by the
 * next.
 */
export class KeptChunks {
  readonly #chunks = new Map<ChunkEntry, ChunkData>();
  readonly #keep = slabs(SLAB);
  readonly #scratch = new Uint8Array(SLAB);
  readonly #maxBytes: number;
  #bytes = 0;
  #isKept = false;

  /** @param maxBytes the most memory, in bytes. Default: 96 MiB */
  constructor(maxBytes: number = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Memory for the decompressed rows of the next chunk. */
  readonly allocate = (length: number): Uint8Array<ArrayBuffer> => {
    const bytes = length + OBJECT_BYTES;
    this.#isKept = length >= MIN_CHUNK_BYTES && this.#bytes + bytes <= this.#maxBytes;
    if (this.#isKept) {
      this.#bytes += bytes;
      return this.#keep(length);
    }
    return length > SLAB ? new Uint8Array(length) : this.#scratch.subarray(0, length);
  };

  /** Keeps the chunk whose memory was allocated last. Must be called between two chunks. */
  add(entry: ChunkEntry | undefined, chunk: ChunkData | undefined): void {
    if (this.#isKept && entry !== undefined && chunk !== undefined) this.#chunks.set(entry, chunk);
    this.#isKept = false;
  }

  /** A chunk that was kept. */
  get(entry: ChunkEntry): ChunkData | undefined {
    return this.#chunks.get(entry);
  }
}
