import { RerunError } from "@rerun-ts/core";
import type { ChunkData } from "../store/chunk-data.ts";
import type { ChunkInfo } from "../store/chunk-info.ts";
import type { ChunkLoader } from "../store/chunk-loader.ts";
import { describeChunk } from "../store/describe-chunk.ts";
import { SchemaCache } from "../store/schema-cache.ts";
import { StoreIndex } from "../store/store-index.ts";
import type { CatalogCall, CatalogCalls } from "./catalog-calls.ts";
import { fetchChunks } from "./fetch-chunks.ts";
import type { SegmentGroup } from "./segment-groups.ts";

/** Groups that are fetched at once: their number, and their bytes in total. */
const MAX_LOADS = 4;
const MAX_AHEAD = 64 * 1024 * 1024;
/** Chunks are in memory, not in a source. */
const NOWHERE: ChunkInfo["place"] = { offset: 0, length: 0 };

/** The chunks of a segment that a query needs, in memory. */
export class LoadedSegment implements ChunkLoader {
  readonly id: string;
  readonly store: StoreIndex;
  readonly #chunks = new Map<string, ChunkData>();

  constructor(id: string) {
    this.id = id;
    this.store = new StoreIndex({ kind: "recording", applicationId: "", recordingId: id });
  }

  /** Adds a chunk. */
  add(chunk: ChunkData): void {
    if (this.store.addDescribed(describeChunk(chunk, NOWHERE), chunk)) this.#chunks.set(chunk.id, chunk);
  }

  load(infos: readonly ChunkInfo[]): Promise<readonly ChunkData[]> {
    return Promise.resolve(infos.map(({ id }) => this.#chunks.get(id) as ChunkData));
  }
}

/** Fetches the chunks of segments, of some groups ahead of the one whose rows are being made. */
export class SegmentLoads {
  readonly #calls: CatalogCalls;
  readonly #call: CatalogCall;
  readonly #onChunk: (bytes: number) => void;
  readonly #stop = new AbortController();
  readonly #schemas = new SchemaCache();

  constructor(calls: CatalogCalls, call: CatalogCall, onChunk: (bytes: number) => void) {
    this.#calls = calls;
    this.#call = call;
    this.#onChunk = onChunk;
  }

  /** Yields segments in their order. Leaving the loop ends all calls. */
  async *segments(groups: Iterable<SegmentGroup>): AsyncGenerator<LoadedSegment, void, undefined> {
    const { signal } = this.#call;
    const abort = (): void => this.#stop.abort();
    signal?.addEventListener("abort", abort);
    const ahead: { readonly load: Promise<readonly LoadedSegment[]>; readonly bytes: number }[] = [];
    let bytes = 0;
    let hasFirst = false;
    try {
      for (const group of groups) {
        for (let first = ahead[0]; first !== undefined; first = ahead[0]) {
          // The first one is fetched alone, so that its rows come soon.
          if (hasFirst && ahead.length < MAX_LOADS && bytes + group.bytes <= MAX_AHEAD) break;
          hasFirst = true;
          ahead.shift();
          bytes -= first.bytes;
          yield* await first.load;
        }
        const load = this.#load(group);
        // Its error is reported when it is its turn.
        load.catch(() => {});
        ahead.push({ load, bytes: group.bytes });
        bytes += group.bytes;
      }
      for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) yield* await next.load;
    } catch (error) {
      if (signal?.aborted !== true) throw error;
      throw new RerunError("ABORTED", `cannot ${this.#call.doing}: the call was aborted by \`signal\``, {
        cause: error,
      });
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#stop.abort();
    }
  }

  async #load({ segments, chunks }: SegmentGroup): Promise<readonly LoadedSegment[]> {
    const loaded = segments.map((id) => new LoadedSegment(id));
    const owners = new Map<string, LoadedSegment>();
    const bySegment = new Map(loaded.map((segment) => [segment.id, segment]));
    for (const chunk of chunks) owners.set(chunk.id, bySegment.get(chunk.segment) as LoadedSegment);
    const call = { ...this.#call, signal: this.#stop.signal };
    await fetchChunks(this.#calls, chunks, this.#schemas, call, (chunk, bytes) => {
      const owner = owners.get(chunk.id);
      if (owner === undefined)
        throw new RerunError("INVALID_FORMAT", `cannot ${call.doing}: the catalog sent a chunk twice or unasked`);
      owners.delete(chunk.id);
      owner.add(chunk);
      this.#onChunk(bytes);
    });
    return loaded;
  }
}
