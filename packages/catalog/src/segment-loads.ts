import { RerunError } from "@rerun-ts/core";
import { eventLoopTurn } from "@rerun-ts/core/util";
import type { ChunkData, ChunkInfo } from "@rerun-ts/reading/chunks";
import { type ChunkLoader, describeChunk, SchemaCache, StoreIndex } from "@rerun-ts/reading/query";
import type { CatalogCall, CatalogCalls } from "./catalog-calls.ts";
import { DirectChunks } from "./direct-chunks.ts";
import { fetchChunks, readFetchedChunk } from "./fetch-chunks.ts";
import type { CandidateChunk } from "./find-chunks.ts";
import type { SegmentGroup } from "./segment-groups.ts";

/** Groups that are fetched at a time: their number, and their bytes in total. */
const MAX_LOADS = 4;
const MAX_AHEAD = 64 * 1024 * 1024;
/** The number of chunks to read before yielding to the event loop. */
const TURN_CHUNKS = 1024;
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

/** A group, whose chunks are being fetched. */
interface GroupLoad {
  readonly group: SegmentGroup;
  readonly arrows: Promise<readonly FetchedArrow[]>;
}

/** The Arrow data of a chunk. */
interface FetchedArrow {
  readonly arrow: Uint8Array;
  /** The expected chunk, if the data does not come from the server. */
  readonly direct: CandidateChunk | undefined;
}

/** A chunk has come. */
export interface ChunkArrival {
  /** The size of the Arrow data, in bytes. */
  readonly bytes: number;
  /** Whether the chunk was read from a file. */
  readonly isDirect: boolean;
}

/** Fetches the chunks of segments, some groups ahead of the one whose rows are being made. */
export class SegmentLoads {
  readonly #calls: CatalogCalls;
  readonly #call: CatalogCall;
  readonly #onChunk: (arrival: ChunkArrival) => void;
  readonly #direct: DirectChunks | undefined;
  readonly #stop = new AbortController();
  readonly #schemas = new SchemaCache();

  constructor(calls: CatalogCalls, call: CatalogCall, onChunk: (arrival: ChunkArrival) => void) {
    this.#calls = calls;
    this.#call = call;
    const { settings } = calls;
    if (settings.fetchUrl !== undefined)
      this.#direct = new DirectChunks(settings.fetchUrl, settings, this.#stop.signal);
    this.#onChunk = onChunk;
  }

  /** Yields segments in their order. Leaving the loop ends all calls. */
  async *segments(groups: Iterable<SegmentGroup>): AsyncGenerator<LoadedSegment, void, undefined> {
    const { signal } = this.#call;
    const abort = (): void => this.#stop.abort();
    signal?.addEventListener("abort", abort);
    const ahead: GroupLoad[] = [];
    let bytes = 0;
    let hasFirst = false;
    try {
      for (const group of groups) {
        for (let first = ahead[0]; first !== undefined; first = ahead[0]) {
          // The first group is fetched alone, so that its rows arrive soon.
          if (hasFirst && ahead.length < MAX_LOADS && bytes + group.bytes <= MAX_AHEAD) break;
          hasFirst = true;
          ahead.shift();
          bytes -= first.group.bytes;
          yield* await this.#read(first);
        }
        const arrows = this.#fetch(group);
        // The loop reports the error when it reaches this group.
        arrows.catch(() => {});
        ahead.push({ group, arrows });
        bytes += group.bytes;
      }
      for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) yield* await this.#read(next);
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

  async #fetch({ chunks }: SegmentGroup): Promise<readonly FetchedArrow[]> {
    const arrows: FetchedArrow[] = [];
    const left = await this.#direct?.fetch(chunks, (direct, arrow) => {
      arrows.push({ arrow, direct });
      this.#onChunk({ bytes: arrow.byteLength, isDirect: true });
    });
    await this.#fetchFromServer(left ?? chunks, (arrow) => {
      arrows.push({ arrow, direct: undefined });
      this.#onChunk({ bytes: arrow.byteLength, isDirect: false });
    });
    return arrows;
  }

  /** Reads the chunks of a group, but only when its rows are made, so that few chunks are in memory as many objects. */
  async #read({ group: { segments, chunks }, arrows }: GroupLoad): Promise<readonly LoadedSegment[]> {
    const loaded = segments.map((id) => new LoadedSegment(id));
    const owners = new Map<string, LoadedSegment>();
    const bySegment = new Map(loaded.map((segment) => [segment.id, segment]));
    for (const chunk of chunks) owners.set(chunk.id, bySegment.get(chunk.segment) as LoadedSegment);
    const damaged: CandidateChunk[] = [];
    for (const [at, { arrow, direct }] of (await arrows).entries()) {
      if (at % TURN_CHUNKS === TURN_CHUNKS - 1) await eventLoopTurn();
      if (direct === undefined) this.#add(arrow, owners);
      else if (!this.#addDirect(arrow, direct, owners)) {
        this.#direct?.distrust(direct);
        damaged.push(direct);
      }
    }
    await this.#fetchFromServer(damaged, (arrow) => this.#add(arrow, owners));
    return loaded;
  }

  #fetchFromServer(chunks: readonly CandidateChunk[], onArrow: (arrow: Uint8Array) => void): Promise<void> {
    const call = { ...this.#call, signal: this.#stop.signal };
    return fetchChunks(
      this.#calls,
      chunks,
      call,
      chunks.map(({ maxBytes }) => maxBytes),
      onArrow,
    );
  }

  #add(arrow: Uint8Array, owners: Map<string, LoadedSegment>): void {
    const call = this.#call;
    const chunk = readFetchedChunk(arrow, this.#schemas, call);
    const owner = owners.get(chunk.id);
    if (owner === undefined)
      throw new RerunError("INVALID_FORMAT", `cannot ${call.doing}: the catalog sent a chunk twice or unasked`);
    owners.delete(chunk.id);
    owner.add(chunk);
  }

  /** Adds a chunk that was read from a file. Returns whether the chunk has the expected id. */
  #addDirect(arrow: Uint8Array, { id }: CandidateChunk, owners: Map<string, LoadedSegment>): boolean {
    try {
      const chunk = readFetchedChunk(arrow, this.#schemas, this.#call);
      if (chunk.id !== id) return false;
      owners.get(id)?.add(chunk);
      owners.delete(id);
      return true;
    } catch {
      return false;
    }
  }
}
