import { RerunError, type StoreId } from "@rerun-ts/core";
import { decodeMessage } from "@rerun-ts/core/rrd";
import type { ChunkMessage } from "@rerun-ts/core/decode";
import { getOrAdd } from "@rerun-ts/core/util";
import { copyOf } from "../arrays/growing-buffers.ts";
import { MAX_PLACES, PlaceReader, areClose } from "../source/place-reader.ts";
import type { Place } from "../source/place-groups.ts";
import type { OpenSource } from "../source/random-access.ts";
import { slabs } from "../source/slabs.ts";
import { ChunkData } from "../store/chunk-data.ts";
import type { SchemaCache } from "../store/schema-cache.ts";
import type { ChunkEntry } from "./chunk-entry.ts";
import { ChunkRejoiner, joinedSize, type JoinedEntry } from "./chunk-rejoiner.ts";
import { describedChunk } from "./edit-chunk.ts";
import { isWhole } from "./merge-rows.ts";
import type { OptimizeOptions } from "./optimize-options.ts";
import type { PlannedChunk } from "./optimize-plan.ts";
import type { ToolMessage } from "./tool-message.ts";

/** The size of memory that pieces are cut from. */
const SLAB = 512 * 1024;
/** The size of the chunks that are read ahead, and the number of planned chunks that are made of them. */
const AHEAD_BYTES = 4 * 1024 * 1024;
const AHEAD_CHUNKS = 512;
/** The size of the rows of small chunks that are joined ahead: each time, much of a source is read. */
const AHEAD_JOINED = 8 * 1024 * 1024;
/** The largest chunk that is read ahead. A chunk that is copied may be larger, because it needs no more memory. */
const AHEAD_CHUNK = 64 * 1024;
const AHEAD_COPY = 1024 * 1024;

export interface CopiedMessage extends Pick<ChunkEntry, "source" | "place"> {
  readonly kind: ToolMessage["message"]["kind"];
  readonly storeId: StoreId;
}

/** Planned chunks, and the chunks that are read ahead for them. */
interface AheadWindow {
  readonly chunks: PlannedChunk[];
  readonly entries: Set<ChunkEntry>;
  /** The entries of small chunks that are joined. */
  readonly joined: Set<ChunkEntry>;
}

/** The messages and rows that were read ahead for planned chunks. */
interface Ahead {
  /** The messages of chunks by their places. Each is used once, because decoding may move it. */
  readonly messages: Map<Place, Uint8Array>;
  /** The rows of small chunks that were joined. */
  readonly joined: Map<JoinedEntry, ChunkData>;
}

/**
 * Reads chunks again, and keeps the chunks of the last planned chunk, because the next one may need their other rows.
 */
export class EntryReader {
  readonly #sources: readonly PlaceReader[];
  readonly #schemas: SchemaCache;
  readonly #allocate = slabs(SLAB);
  #last: ReadonlyMap<ChunkEntry, ChunkData> = new Map();
  readonly #rejoiner: ChunkRejoiner;
  #ahead: Ahead = { messages: new Map(), joined: new Map() };

  constructor(sources: readonly OpenSource[], options: OptimizeOptions, schemas: SchemaCache) {
    this.#schemas = schemas;
    this.#rejoiner = new ChunkRejoiner(schemas);
    this.#sources = sources.map((access) => new PlaceReader(access, options));
  }

  /**
   * Planned chunks, with the chunks that they are made of read ahead. Neighbouring entities often have their small
   * chunks side by side, so one read is enough for many of them.
   */
  async *ahead(planned: Iterable<PlannedChunk>): AsyncGenerator<PlannedChunk, void, undefined> {
    let reading: Promise<Ahead> | undefined;
    try {
      let last: AheadWindow | undefined;
      for (const window of windowsOf(planned)) {
        const ready = reading && (await reading);
        // While the chunks of a window are used, the next one is read.
        reading = this.#readAhead(window);
        // It may fail before it is awaited.
        reading.catch(() => undefined);
        if (last !== undefined) yield* this.#withAhead(last.chunks, ready);
        last = window;
      }
      if (last !== undefined) yield* this.#withAhead(last.chunks, await reading);
    } finally {
      await reading?.catch(() => undefined);
    }
  }

  *#withAhead(chunks: readonly PlannedChunk[], ahead: Ahead | undefined): Generator<PlannedChunk, void, undefined> {
    if (ahead !== undefined) this.#ahead = ahead;
    yield* chunks;
  }

  #takeAhead(place: Place): Uint8Array | undefined {
    const payload = this.#ahead.messages.get(place);
    this.#ahead.messages.delete(place);
    return payload;
  }

  async #readAhead({ entries, joined }: AheadWindow): Promise<Ahead> {
    const ahead: Ahead = { messages: new Map(), joined: new Map() };
    for (const [source, ofSource] of this.#bySource(entries)) {
      const payloads = await source.readNeighbours(ofSource.map(({ place }) => place));
      for (const [index, { place }] of ofSource.entries()) ahead.messages.set(place, payloads[index] as Uint8Array);
    }
    for (const [source, ofSource] of this.#bySource(joined))
      for (const [entry, chunk] of await this.#rejoiner.join(ofSource, source)) ahead.joined.set(entry, chunk);
    return ahead;
  }

  /** The entries of each source. */
  #bySource(entries: Iterable<ChunkEntry>): readonly (readonly [PlaceReader, readonly ChunkEntry[]])[] {
    const groups = new Map<number, ChunkEntry[]>();
    for (const entry of entries) getOrAdd(groups, entry.source, () => []).push(entry);
    return Array.from(groups, ([source, ofSource]) => [this.#source(source), ofSource]);
  }

  /** The rows of an entry of small chunks that were joined. `undefined` for other entries. */
  joined(entry: ChunkEntry): ChunkData | undefined {
    return entry.joined ?? this.#ahead.joined.get(entry);
  }

  async payload({ source, place }: Pick<ChunkEntry, "source" | "place">): Promise<Uint8Array> {
    return this.#takeAhead(place) ?? this.#source(source).readOne(place);
  }

  message({ kind, storeId, source }: CopiedMessage, payload: Uint8Array): ToolMessage {
    const message = decodeMessage(kind, payload) as ToolMessage["message"];
    if (message.kind !== "chunk") return { message, storeId, source };
    const chunk = ChunkData.read(message.readArrow(), this.#schemas);
    return { ...describedChunk(message, chunk, storeId), source };
  }

  async chunks(entries: readonly ChunkEntry[]): Promise<ReadonlyMap<ChunkEntry, ChunkData>> {
    const chunkOf = new Map<ChunkEntry, ChunkData | undefined>(
      entries.map((entry) => [entry, this.joined(entry) ?? this.#last.get(entry)]),
    );
    const missing: ChunkEntry[] = [];
    for (const entry of entries) {
      if (chunkOf.get(entry) !== undefined) continue;
      const payload = this.#takeAhead(entry.place);
      if (payload === undefined) missing.push(entry);
      else chunkOf.set(entry, this.#decode(entry, payload));
    }
    for (const [source, ofSource] of this.#bySource(missing)) {
      for (let start = 0; start < ofSource.length; start += MAX_PLACES) {
        const group = ofSource.slice(start, start + MAX_PLACES);
        const payloads = await source.readTogether(group.map(({ place }) => place));
        for (const [index, entry] of group.entries())
          chunkOf.set(entry, this.#decode(entry, payloads[index] as Uint8Array));
      }
    }
    return (this.#last = chunkOf as ReadonlyMap<ChunkEntry, ChunkData>);
  }

  #decode({ source }: ChunkEntry, payload: Uint8Array): ChunkData {
    const message = decodeMessage("chunk", payload) as ChunkMessage;
    const isOwn = this.#source(source).isOwnMemory && payload.byteLength === payload.buffer.byteLength;
    // To move a large chunk within its memory takes far less time than to copy it.
    const isMoved = isOwn && message.compression === "none";
    const arrow = message.readArrow(
      isMoved ? (length) => new Uint8Array(payload.buffer as ArrayBuffer, 0, length) : this.#allocate,
    );
    // Copied, because the memory of a block is reused.
    const isShared = arrow.buffer === payload.buffer && payload.byteLength < payload.buffer.byteLength;
    return ChunkData.read(isShared ? copyOf(arrow, arrow.byteLength, this.#allocate) : arrow, this.#schemas);
  }

  #source(source: number): PlaceReader {
    const reader = this.#sources[source];
    if (reader === undefined) throw new RerunError("INTERNAL", `there is no source ${source}`);
    return reader;
  }
}

/** Planned chunks, with the chunks that are read ahead for them, as many as may be in memory. */
function* windowsOf(planned: Iterable<PlannedChunk>): Generator<AheadWindow, void, undefined> {
  let window = emptyWindow();
  let bytes = 0;
  let joined = 0;
  for (const chunk of planned) {
    window.chunks.push(chunk);
    for (const entry of farEntries(chunk)) {
      if (!window.entries.has(entry)) bytes += entry.place.length;
      window.entries.add(entry);
    }
    for (const { entry } of chunk.segments) {
      if (entry.joins === undefined || window.joined.has(entry)) continue;
      joined += joinedSize(entry);
      window.joined.add(entry);
    }
    if (window.chunks.length < AHEAD_CHUNKS && bytes < AHEAD_BYTES && joined < AHEAD_JOINED) continue;
    yield window;
    window = emptyWindow();
    bytes = joined = 0;
  }
  yield window;
}

function emptyWindow(): AheadWindow {
  return { chunks: [], entries: new Set(), joined: new Set() };
}

/** The small chunks of a planned chunk, unless they are so close to each other that few reads are enough. */
function farEntries({ segments }: PlannedChunk): readonly ChunkEntry[] {
  const all = segments.map(({ entry }) => entry);
  const largest = isWhole(segments) ? AHEAD_COPY : AHEAD_CHUNK;
  const isFar = ({ joined, joins, place }: ChunkEntry): boolean =>
    joined === undefined && joins === undefined && place.length <= largest;
  const small = all.filter(isFar);
  return areClose(small.map(({ place }) => place)) ? [] : small;
}
