import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/internal";
import { decodeMessage } from "@rerun-ts/core/internal-decode";
import type { RandomAccess, ReadOptions } from "../source/random-access.ts";
import { checkAborted } from "../source/collect.ts";
import { ChunkData } from "./chunk-data.ts";
import type { ChunkInfo } from "./chunk-info.ts";
import { SchemaCache } from "./schema-cache.ts";

/** Reads the rows of chunks. */
export interface ChunkLoader {
  /** Reads chunks, in any order of their places. Resolves to their rows, in the order of `chunks`. */
  load(chunks: readonly ChunkInfo[], options?: ReadOptions): Promise<readonly ChunkData[]>;
}

/** Chunks that are as close to each other are read at once. */
const MAX_GAP = 64 * 1024;
const MAX_READ = 8 * 1024 * 1024;
/** How much decompressed data is kept for the next query. */
const MAX_CACHED = 64 * 1024 * 1024;

/** Loads chunks from a source. Those that were used last are kept. */
export class FileLoader implements ChunkLoader {
  readonly #access: RandomAccess;
  readonly #schemas: SchemaCache;
  /** The chunks that were used last, oldest first, and their sizes. */
  readonly #cached = new Map<string, { readonly chunk: ChunkData; readonly bytes: number }>();
  #cachedBytes = 0;

  constructor(access: RandomAccess, schemas: SchemaCache = new SchemaCache()) {
    this.#access = access;
    this.#schemas = schemas;
  }

  async load(chunks: readonly ChunkInfo[], options?: ReadOptions): Promise<readonly ChunkData[]> {
    const loaded = new Map<string, ChunkData>();
    for (const { id } of chunks) {
      const known = this.#cached.get(id);
      if (known !== undefined) loaded.set(id, known.chunk);
    }
    const missing = [...chunks].filter(({ id }) => !loaded.has(id)).sort((a, b) => a.place.at - b.place.at);
    for (const group of groupsOf(missing)) {
      checkAborted(options?.signal);
      const start = group[0]?.place.at ?? 0;
      const end = Math.max(...group.map(({ place }) => place.at + place.length));
      if (end > this.#access.size)
        throw new RerunError("FORMAT", `the index of the recording names bytes behind its end, at ${start}`);
      const bytes = await this.#access.read(start, end - start, options);
      for (const info of group) {
        const at = info.place.at - start;
        loaded.set(info.id, this.#decode(info, bytes.subarray(at, at + info.place.length)));
      }
    }
    return chunks.map(({ id }) => loaded.get(id) as ChunkData);
  }

  #decode(info: ChunkInfo, payload: Uint8Array): ChunkData {
    try {
      const message = decodeMessage("chunk", payload);
      if (message.kind !== "chunk") throw new RerunError("FORMAT", "it is no chunk");
      const arrow = message.readArrow();
      const chunk = new ChunkData(arrow, this.#schemas);
      if (chunk.id !== info.id) throw new RerunError("FORMAT", `it has the id ${chunk.id} instead of ${info.id}`);
      this.#keep(chunk, arrow.byteLength);
      return chunk;
    } catch (error) {
      const code = error instanceof RerunError ? error.code : "FORMAT";
      const where = `the chunk of ${info.entityPath} at byte ${info.place.at} cannot be read`;
      throw new RerunError(code, `${where}: ${messageOf(error)}`, { cause: error });
    }
  }

  #keep(chunk: ChunkData, bytes: number): void {
    this.#cached.set(chunk.id, { chunk, bytes });
    this.#cachedBytes += bytes;
    for (const [id, oldest] of this.#cached) {
      if (this.#cachedBytes <= MAX_CACHED) break;
      this.#cached.delete(id);
      this.#cachedBytes -= oldest.bytes;
    }
  }
}

/** Groups chunks, sorted by place, into those that are read at once. */
function* groupsOf(chunks: readonly ChunkInfo[]): Generator<readonly ChunkInfo[]> {
  let group: ChunkInfo[] = [];
  let start = 0;
  let end = 0;
  for (const chunk of chunks) {
    const { at, length } = chunk.place;
    if (group.length > 0 && (at - end > MAX_GAP || at + length - start > MAX_READ)) {
      yield group;
      group = [];
    }
    if (group.length === 0) start = at;
    group.push(chunk);
    end = at + length;
  }
  if (group.length > 0) yield group;
}
