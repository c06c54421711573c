import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { decodeMessage } from "@rerun-ts/core/rrd";
import { checkAborted } from "@rerun-ts/core/util";
import type { OpenSource, ReadOptions } from "../source/random-access.ts";
import { ReadMemory } from "../source/read-memory.ts";
import { slabs } from "../source/slabs.ts";
import { groupPlaces, type PlaceGroup } from "../source/place-groups.ts";
import { checkChunk } from "./check-chunk.ts";
import { ChunkData } from "./chunk-data.ts";
import { CachingLoader, type LoadedChunk } from "./caching-loader.ts";
import type { ChunkInfo } from "./chunk-info.ts";
import type { LoadOptions } from "./chunk-loader.ts";
import { checkStore, entryForOnce } from "./read-manifest.ts";
import { SchemaCache } from "./schema-cache.ts";

/** Chunks that were read. */
interface ReadGroup extends PlaceGroup<ChunkInfo> {
  readonly bytes: Uint8Array;
  /** Whether the next reads may use the memory. */
  readonly isReused: boolean;
}

/** The maximum size of chunks that are read together. */
const MAX_READ = 8 * 1024 * 1024;
/** The size of memory that small chunks share. One that stays keeps as much as an index entry or two. */
const SLAB = 16 * 1024;
/** The size of shared memory for chunks that are read once, which a call releases together. */
const SLAB_ONCE = 256 * 1024;
/** Limits of reads in flight: their number, and their bytes in total. */
const MAX_READS = 8;
const MAX_AHEAD = 2 * MAX_READ;

/** Loads chunks from a source, and caches the most recently used ones. */
export class FileLoader extends CachingLoader {
  readonly #access: OpenSource;
  readonly #schemas: SchemaCache;
  readonly #memory = new ReadMemory();

  constructor(access: OpenSource, schemas: SchemaCache = new SchemaCache(), maxCacheBytes?: number) {
    super(maxCacheBytes);
    this.#access = access;
    this.#schemas = schemas;
  }

  protected async *loadMissing(
    missing: readonly ChunkInfo[],
    options?: LoadOptions,
  ): AsyncGenerator<Iterable<LoadedChunk>> {
    const sorted = [...missing].sort((a, b) => a.place.offset - b.place.offset);
    const groups = groupPlaces(sorted, ({ place }) => place, MAX_READ);
    for await (const group of this.#read(groups, options)) {
      yield this.#decodeAll(group, options);
      if (group.isReused) this.#memory.giveBack(group.bytes);
    }
  }

  *#decodeAll({ items: chunks, start, bytes, isReused }: ReadGroup, options?: LoadOptions): Generator<LoadedChunk> {
    // A chunk would keep all bytes that were read with it. Those of a source in memory stay anyway.
    const isShared = isReused || (chunks.length > 1 && bytes.byteLength === bytes.buffer.byteLength);
    // Chunks with messages are given to users, who may transfer the memory.
    const allocate = options?.withMessages === true ? undefined : slabs(options?.isOnce === true ? SLAB_ONCE : SLAB);
    for (const info of chunks) {
      const { offset, length } = info.place;
      // The check would keep what it reads of the entry.
      const entry = options?.isOnce === true ? entryForOnce(info) : info;
      const chunk = this.#decode(entry, bytes.subarray(offset - start, offset - start + length), isShared, allocate);
      yield { ...chunk, info };
    }
  }

  /** Reads groups of chunks, the next ones while those before are decoded. */
  async *#read(groups: Iterable<PlaceGroup<ChunkInfo>>, options?: ReadOptions): AsyncGenerator<ReadGroup> {
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

  async #readGroup(group: PlaceGroup<ChunkInfo>, options?: ReadOptions): Promise<ReadGroup> {
    checkAborted(options?.signal);
    const { start, length } = group;
    if (start + length > this.#access.size)
      throw new RerunError("INVALID_FORMAT", `the index of the recording names bytes behind its end, at ${start}`);
    const { readInto } = this.#access;
    // A chunk that is read alone may refer to the bytes.
    if (readInto === undefined || group.items.length === 1)
      return { ...group, bytes: await this.#access.read(start, length, options), isReused: false };
    const bytes = this.#memory.take(length);
    await readInto(bytes, start, options);
    return { ...group, bytes, isReused: true };
  }

  /** @param allocate memory for small chunks without messages. `undefined`: the chunk has its message */
  #decode(
    info: ChunkInfo,
    bytes: Uint8Array,
    isShared: boolean,
    allocate: Allocate | undefined,
  ): Omit<LoadedChunk, "info"> {
    try {
      const withMessage = allocate === undefined;
      const payload = isShared && withMessage ? bytes.slice() : bytes;
      const message = decodeMessage("chunk", payload);
      if (message.kind !== "chunk") throw new RerunError("INVALID_FORMAT", "it is not a chunk");
      checkStore(info, message.storeId);
      const read = message.readArrow(allocate);
      // Data that was compressed has memory of its own.
      const arrow = isShared && read.buffer === bytes.buffer ? copyOf(read, allocate) : read;
      const chunk = ChunkData.read(arrow, this.#schemas, withMessage ? payload : undefined);
      checkChunk(chunk, info);
      return { chunk, bytes: arrow.byteLength + (chunk.payload?.byteLength ?? 0) };
    } catch (error) {
      const code = error instanceof RerunError ? error.code : "INVALID_FORMAT";
      const where = `the chunk of ${info.entityPath} at byte ${info.place.offset} cannot be read`;
      throw new RerunError(code, `${where}: ${messageOf(error)}`, { cause: error });
    }
  }
}

type Allocate = (length: number) => Uint8Array<ArrayBuffer>;

function copyOf(bytes: Uint8Array, allocate: Allocate | undefined): Uint8Array {
  if (allocate === undefined) return bytes.slice();
  const copy = allocate(bytes.byteLength);
  copy.set(bytes);
  return copy;
}
