import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { decodeMessage } from "@rerun-ts/core/rrd";
import type { RandomAccess, ReadOptions } from "../source/random-access.ts";
import { checkAborted } from "../source/collect.ts";
import { checkChunk } from "./check-chunk.ts";
import { ChunkData } from "./chunk-data.ts";
import type { ChunkInfo } from "./chunk-info.ts";
import { PendingChunk } from "./pending-chunk.ts";
import { SchemaCache } from "./schema-cache.ts";

/** Options of loading chunks. */
export interface LoadOptions extends ReadOptions {
  /** Whether chunks have the messages that they are from, for copies of them. Default `false`. */
  withMessages?: boolean | undefined;
}

/** Reads the rows of chunks. */
export interface ChunkLoader {
  /** Reads chunks, in any order of their places. Resolves to their rows, in the order of `chunks`. */
  load(chunks: readonly ChunkInfo[], options?: LoadOptions): Promise<readonly ChunkData[]>;
}

/** Chunks that are read at once, and where they are in the source. */
interface ChunkGroup {
  readonly chunks: readonly ChunkInfo[];
  readonly start: number;
  readonly length: number;
}

/** Chunks that were read. */
interface ReadGroup extends ChunkGroup {
  readonly bytes: Uint8Array;
}

/** Chunks that are as close to each other are read at once. */
const MAX_GAP = 64 * 1024;
const MAX_READ = 8 * 1024 * 1024;
/** Limits of reads in flight: their number, and their bytes in total. */
const MAX_READS = 8;
const MAX_AHEAD = 2 * MAX_READ;
/** Default limit of the decompressed data that is kept for the next query, in bytes. */
const MAX_CACHE_BYTES = 64 * 1024 * 1024;

/**
 * Loads chunks from a source. Those that were used last are kept, and what several calls ask for at once is read once.
 * Chunks are known by their index entries: recordings of one source may share ids.
 */
export class FileLoader implements ChunkLoader {
  readonly #access: RandomAccess;
  readonly #schemas: SchemaCache;
  /** The chunks that were used last, oldest first, and their sizes. */
  readonly #cached = new Map<ChunkInfo, { readonly chunk: ChunkData; readonly bytes: number }>();
  readonly #inFlight = new Map<ChunkInfo, PendingChunk>();
  readonly #maxCacheBytes: number;
  #cachedBytes = 0;

  constructor(access: RandomAccess, schemas: SchemaCache = new SchemaCache(), maxCacheBytes: number = MAX_CACHE_BYTES) {
    this.#access = access;
    this.#maxCacheBytes = maxCacheBytes;
    this.#schemas = schemas;
  }

  async load(chunks: readonly ChunkInfo[], options?: LoadOptions): Promise<readonly ChunkData[]> {
    const loaded = new Map<ChunkInfo, ChunkData>();
    const joined = new Map<ChunkInfo, PendingChunk>();
    const missing: ChunkInfo[] = [];
    for (const info of chunks) {
      const known = this.#cached.get(info);
      const pending = this.#inFlight.get(info);
      if (known !== undefined) {
        loaded.set(info, known.chunk);
        this.#cached.delete(info);
        this.#cached.set(info, known);
      } else if (pending !== undefined) joined.set(info, pending);
      else missing.push(info);
    }
    if (missing.length > 0) await this.#loadMissing(missing, loaded, options);
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
  async #loadMissing(
    missing: readonly ChunkInfo[],
    loaded: Map<ChunkInfo, ChunkData>,
    options?: LoadOptions,
  ): Promise<void> {
    const pending = new Map(missing.map((info) => [info, new PendingChunk()]));
    for (const [info, own] of pending) this.#inFlight.set(info, own);
    try {
      const sorted = [...missing].sort((a, b) => a.place.offset - b.place.offset);
      for await (const { chunks: group, start, bytes } of this.#read(groupsOf(sorted), options)) {
        for (const info of group) {
          const offset = info.place.offset - start;
          const chunk = this.#decode(
            info,
            bytes.subarray(offset, offset + info.place.length),
            options?.withMessages === true,
          );
          loaded.set(info, chunk);
          pending.get(info)?.resolve(chunk);
          this.#inFlight.delete(info);
        }
      }
    } catch (error) {
      const isAborted = options?.signal?.aborted === true;
      for (const own of pending.values())
        if (isAborted) own.resolve("aborted");
        else own.reject(error);
      // A source may throw anything then.
      checkAborted(options?.signal);
      throw error;
    } finally {
      for (const info of missing) if (this.#inFlight.get(info) === pending.get(info)) this.#inFlight.delete(info);
    }
  }

  /** Reads groups of chunks, the next ones while those before are decoded. */
  async *#read(groups: Iterable<ChunkGroup>, options?: ReadOptions): AsyncGenerator<ReadGroup> {
    const ahead: { readonly read: Promise<ReadGroup>; readonly length: number }[] = [];
    let bytes = 0;
    for (const group of groups) {
      for (let first = ahead[0]; first !== undefined; first = ahead[0]) {
        if (ahead.length < MAX_READS && bytes + group.length <= MAX_AHEAD) break;
        ahead.shift();
        bytes -= first.length;
        yield await first.read;
      }
      const read = this.#readGroup(group, options);
      // Its error is reported when it is its turn.
      read.catch(() => {});
      ahead.push({ read, length: group.length });
      bytes += group.length;
    }
    for (const { read } of ahead) yield await read;
  }

  async #readGroup(group: ChunkGroup, options?: ReadOptions): Promise<ReadGroup> {
    checkAborted(options?.signal);
    const { start, length } = group;
    if (start + length > this.#access.size)
      throw new RerunError("INVALID_FORMAT", `the index of the recording names bytes behind its end, at ${start}`);
    return { ...group, bytes: await this.#access.read(start, length, options) };
  }

  #decode(info: ChunkInfo, payload: Uint8Array, withMessage: boolean): ChunkData {
    try {
      const message = decodeMessage("chunk", payload);
      if (message.kind !== "chunk") throw new RerunError("INVALID_FORMAT", "it is no chunk");
      const arrow = message.readArrow();
      const chunk = ChunkData.read(arrow, this.#schemas, withMessage ? payload : undefined);
      checkChunk(chunk, info);
      this.#keep(info, chunk, arrow.byteLength + (chunk.payload?.byteLength ?? 0));
      return chunk;
    } catch (error) {
      const code = error instanceof RerunError ? error.code : "INVALID_FORMAT";
      const where = `the chunk of ${info.entityPath} at byte ${info.place.offset} cannot be read`;
      throw new RerunError(code, `${where}: ${messageOf(error)}`, { cause: error });
    }
  }

  #keep(info: ChunkInfo, chunk: ChunkData, bytes: number): void {
    this.#cachedBytes += bytes - (this.#cached.get(info)?.bytes ?? 0);
    this.#cached.set(info, { chunk, bytes });
    for (const [oldestInfo, oldest] of this.#cached) {
      if (this.#cachedBytes <= this.#maxCacheBytes) break;
      this.#cached.delete(oldestInfo);
      this.#cachedBytes -= oldest.bytes;
    }
  }
}

/** Groups chunks, sorted by place, into those that are read at once. */
function* groupsOf(sorted: readonly ChunkInfo[]): Generator<ChunkGroup> {
  let chunks: ChunkInfo[] = [];
  let start = 0;
  let end = 0;
  for (const chunk of sorted) {
    const { offset, length } = chunk.place;
    if (chunks.length > 0 && (offset - end > MAX_GAP || offset + length - start > MAX_READ)) {
      yield { chunks, start, length: end - start };
      chunks = [];
    }
    if (chunks.length === 0) start = end = offset;
    chunks.push(chunk);
    end = Math.max(end, offset + length);
  }
  if (chunks.length > 0) yield { chunks, start, length: end - start };
}
