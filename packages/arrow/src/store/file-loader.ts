import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { decodeMessage } from "@rerun-ts/core/rrd";
import type { RandomAccess, ReadOptions } from "../source/random-access.ts";
import { checkAborted } from "../source/collect.ts";
import { checkChunk } from "./check-chunk.ts";
import { ChunkData } from "./chunk-data.ts";
import { CachingLoader, type LoadedChunk } from "./caching-loader.ts";
import type { ChunkInfo } from "./chunk-info.ts";
import type { LoadOptions } from "./chunk-loader.ts";
import { SchemaCache } from "./schema-cache.ts";

/** Chunks that are read together, and their place in the source. */
interface ChunkGroup {
  readonly chunks: readonly ChunkInfo[];
  readonly start: number;
  readonly length: number;
}

/** Chunks that were read. */
interface ReadGroup extends ChunkGroup {
  readonly bytes: Uint8Array;
}

/** The maximum gap between chunks that are read together, and the maximum size of such a read. */
const MAX_GAP = 64 * 1024;
const MAX_READ = 8 * 1024 * 1024;
/** Limits of reads in flight: their number, and their bytes in total. */
const MAX_READS = 8;
const MAX_AHEAD = 2 * MAX_READ;

/** Loads chunks from a source, and caches the most recently used ones. */
export class FileLoader extends CachingLoader {
  readonly #access: RandomAccess;
  readonly #schemas: SchemaCache;

  constructor(access: RandomAccess, schemas: SchemaCache = new SchemaCache(), maxCacheBytes?: number) {
    super(maxCacheBytes);
    this.#access = access;
    this.#schemas = schemas;
  }

  protected async *loadMissing(
    missing: readonly ChunkInfo[],
    options?: LoadOptions,
  ): AsyncGenerator<Iterable<LoadedChunk>> {
    const sorted = [...missing].sort((a, b) => a.place.offset - b.place.offset);
    const withMessages = options?.withMessages === true;
    for await (const group of this.#read(groupsOf(sorted), options)) yield this.#decodeAll(group, withMessages);
  }

  *#decodeAll({ chunks, start, bytes }: ReadGroup, withMessages: boolean): Generator<LoadedChunk> {
    // A chunk would keep all bytes that were read with it. Those of a source in memory stay anyway.
    const isShared = chunks.length > 1 && bytes.byteLength === bytes.buffer.byteLength;
    for (const info of chunks) {
      const offset = info.place.offset - start;
      yield this.#decode(info, bytes.subarray(offset, offset + info.place.length), isShared, withMessages);
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
      // The loop reports the error when it reaches this group.
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

  #decode(info: ChunkInfo, bytes: Uint8Array, isShared: boolean, withMessage: boolean): LoadedChunk {
    try {
      const payload = isShared && withMessage ? bytes.slice() : bytes;
      const message = decodeMessage("chunk", payload);
      if (message.kind !== "chunk") throw new RerunError("INVALID_FORMAT", "it is no chunk");
      const read = message.readArrow();
      // Data that was compressed has memory of its own.
      const arrow = isShared && read.buffer === bytes.buffer ? read.slice() : read;
      const chunk = ChunkData.read(arrow, this.#schemas, withMessage ? payload : undefined);
      checkChunk(chunk, info);
      return { info, chunk, bytes: arrow.byteLength + (chunk.payload?.byteLength ?? 0) };
    } catch (error) {
      const code = error instanceof RerunError ? error.code : "INVALID_FORMAT";
      const where = `the chunk of ${info.entityPath} at byte ${info.place.offset} cannot be read`;
      throw new RerunError(code, `${where}: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** Groups chunks, sorted by place, for common reads. */
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
