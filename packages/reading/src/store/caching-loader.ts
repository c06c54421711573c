import { checkAborted } from "@rerun-ts/core/util";
import type { ChunkData } from "./chunk-data.ts";
import type { ChunkInfo } from "./chunk-info.ts";
import type { ChunkLoader, LoadOptions } from "./chunk-loader.ts";
import { TurnCounter, turnOf } from "./turn-counter.ts";
import { PendingChunk } from "./pending-chunk.ts";

/** A loaded chunk, and its size in memory. */
export interface LoadedChunk {
  readonly info: ChunkInfo;
  readonly chunk: ChunkData;
  readonly bytes: number;
}

/** The size of the objects of a small chunk, in bytes. A hundred thousand chunks of one row are mostly these. */
const OBJECT_BYTES = 5 * 1024;
/** Default limit of the decompressed data in memory for the next query, in bytes. */
const MAX_CACHE_BYTES = 64 * 1024 * 1024;

/**
 * Loads chunks. The most recently used chunks stay in memory, and chunks that several calls want at the same time are
 * loaded once. The cache is keyed by index entries, because recordings of one source may share ids.
 */
export abstract class CachingLoader implements ChunkLoader {
  /** The chunks that were used last, oldest first, and their sizes. */
  readonly #cached = new Map<ChunkInfo, { readonly chunk: ChunkData; readonly bytes: number }>();
  /** Steps through the oldest of them. A new iterator would pass all that were removed before. */
  #oldest = this.#cached.entries();
  readonly #inFlight = new Map<ChunkInfo, PendingChunk>();
  readonly #maxCacheBytes: number;
  #cachedBytes = 0;

  constructor(maxCacheBytes: number = MAX_CACHE_BYTES) {
    this.#maxCacheBytes = maxCacheBytes;
  }

  /** Loads chunks that are not kept, in any order. */
  protected abstract loadMissing(
    missing: readonly ChunkInfo[],
    options?: LoadOptions,
  ): AsyncIterable<Iterable<LoadedChunk>>;

  async load(chunks: readonly ChunkInfo[], options?: LoadOptions): Promise<readonly ChunkData[]> {
    const loaded = new Map<ChunkInfo, ChunkData>();
    const joined = new Map<ChunkInfo, PendingChunk>();
    const missing: ChunkInfo[] = [];
    for (const info of chunks) {
      const cached = this.#cached.get(info);
      const pending = this.#inFlight.get(info);
      if (cached !== undefined) {
        loaded.set(info, cached.chunk);
        this.#cached.delete(info);
        this.#cached.set(info, cached);
      } else if (pending !== undefined) joined.set(info, pending);
      else missing.push(info);
    }
    if (missing.length > 0) await this.#loadOthers(missing, loaded, options);
    const aborted: ChunkInfo[] = [];
    for (const [info, pending] of joined) {
      const chunk = await pending.wait(options?.signal);
      if (chunk === "aborted") aborted.push(info);
      else loaded.set(info, chunk);
    }
    if (aborted.length > 0)
      for (const [index, chunk] of (await this.load(aborted, options)).entries())
        loaded.set(aborted[index] as ChunkInfo, chunk);
    return chunks.map((info) => loaded.get(info) as ChunkData);
  }

  /** Loads chunks that no other call is loading. */
  async #loadOthers(
    missing: readonly ChunkInfo[],
    loaded: Map<ChunkInfo, ChunkData>,
    options?: LoadOptions,
  ): Promise<void> {
    const pending = new Map(missing.map((info) => [info, new PendingChunk()]));
    for (const [info, pendingChunk] of pending) this.#inFlight.set(info, pendingChunk);
    try {
      const turns = new TurnCounter();
      for await (const group of this.loadMissing(missing, options)) {
        for (const entry of group) {
          const { info, chunk, bytes } = entry;
          if (options?.isOnce !== true) this.#keep(entry);
          loaded.set(info, chunk);
          pending.get(info)?.resolve(chunk);
          this.#inFlight.delete(info);
          if (turns.isDue(1, bytes)) await turnOf(options?.signal);
        }
      }
    } catch (error) {
      const isAborted = options?.signal?.aborted === true;
      for (const pendingChunk of pending.values())
        if (isAborted) pendingChunk.resolve("aborted");
        else pendingChunk.reject(error);
      // An aborted source may throw any error.
      checkAborted(options?.signal);
      throw error;
    } finally {
      for (const info of missing) if (this.#inFlight.get(info) === pending.get(info)) this.#inFlight.delete(info);
    }
  }

  #keep({ info, chunk, bytes: dataBytes }: LoadedChunk): void {
    const bytes = dataBytes + OBJECT_BYTES;
    this.#cachedBytes += bytes - (this.#cached.get(info)?.bytes ?? 0);
    this.#cached.set(info, { chunk, bytes });
    while (this.#cachedBytes > this.#maxCacheBytes && this.#cached.size > 0) {
      const { value: oldest, done } = this.#oldest.next();
      if (done === true) this.#oldest = this.#cached.entries();
      else {
        this.#cached.delete(oldest[0]);
        this.#cachedBytes -= oldest[1].bytes;
      }
    }
  }
}
