import { RerunError, type StoreId } from "@rerun-ts/core";
import { yieldingRerunErrors } from "@rerun-ts/core/checks";
import { decodeMessage } from "@rerun-ts/core/rrd";
import type { ChunkMessage } from "@rerun-ts/core/decode";
import { MessageMemory } from "../store/message-memory.ts";
import { openSource, reopened } from "../source/open-source.ts";
import { MAX_PLACES, PlaceReader, areClose } from "../source/place-reader.ts";
import type { OpenSource } from "../source/random-access.ts";
import { slabs } from "../source/slabs.ts";
import { ChunkData } from "../store/chunk-data.ts";
import { SchemaCache } from "../store/schema-cache.ts";
import type { ChunkEntry } from "./chunk-entry.ts";
import { messageOfChunk } from "./edit-chunk.ts";
import { isWhole, mergeRows } from "./merge-rows.ts";
import { limitsOf, type OptimizeOptions } from "./optimize-options.ts";
import { labelChunk } from "./keyframe-labels.ts";
import type { OptimizePlan, PlannedChunk } from "./optimize-plan.ts";
import { describeMessage, listOf, toolMessages, type ToolMessage } from "./tool-messages.ts";
import type { RrdSources } from "./tool-options.ts";
import { writeRrd } from "./write-rrd.ts";

/** The size of memory that pieces are cut from. */
const SLAB = 512 * 1024;
/** The largest piece whose memory is used again. */
const MAX_SCRATCH = 8 * 1024 * 1024;

/**
 * Optimizes recordings: small chunks of one entity become large ones, and too large ones are divided. All rows keep
 * their ids, times and values. Static data comes first, and chunks of videos begin with a key frame. Several sources
 * become one file. Blueprints are copied.
 *
 * Sources are read twice. Memory is needed for a chunk, for an entry about each chunk, and for small chunks, up to 96
 * MiB. A source that is a stream is collected in memory.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if a source or an option is wrong
 * @throws {RerunError} `INVALID_FORMAT` if a source is damaged, before anything is written, or the error of a source
 * @example
 * await writeFile("optimized.rrd", optimizeRrd("robot.rrd"));
 */
export function optimizeRrd(
  sources: RrdSources,
  options: OptimizeOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const memory = new MessageMemory();
  return memory.of(yieldingRerunErrors(optimize(sources, options, memory)));
}

async function* optimize(
  sources: RrdSources,
  options: OptimizeOptions,
  memory: MessageMemory,
): AsyncGenerator<Uint8Array, void, undefined> {
  const limits = limitsOf(options);
  const opened: OpenSource[] = [];
  try {
    const shared: OpenSource[] = [];
    for (const source of listOf(sources)) {
      const access = await openSource(source, options);
      opened.push(access);
      // The sources are read twice, so only the end closes them.
      shared.push(reopened(access, source));
    }
    // Loaded on demand, because its key frames need the module of all archetypes.
    const { OptimizePlan } = await import("./optimize-plan.ts");
    const plan = new OptimizePlan(limits);
    const copied: PlacedMessage[] = [];
    for await (const found of toolMessages(shared, options, {
      isDescribed: false,
      allocatePart: inTurns(),
      read: readInTurn(),
      take: (arrow, chunk) => chunk.storeId.kind === "recording" && plan.take(arrow, chunk),
    })) {
      const { message, storeId, source, place } = found;
      if (message.kind === "chunk" && storeId.kind === "recording") plan.add(found);
      else if (place !== undefined) copied.push({ kind: message.kind, storeId, source, place });
    }
    yield* writeRrd(optimized(shared, copied, plan, options, memory));
  } finally {
    for (const access of opened) await access.close?.();
  }
}

/** A message that is copied. */
interface PlacedMessage extends Pick<ChunkEntry, "source" | "place"> {
  readonly kind: ToolMessage["message"]["kind"];
  readonly storeId: StoreId;
}

async function* optimized(
  sources: readonly OpenSource[],
  copied: readonly PlacedMessage[],
  plan: OptimizePlan,
  options: OptimizeOptions,
  memory: MessageMemory,
): AsyncGenerator<ToolMessage, void, undefined> {
  const reader = new EntryReader(sources, options);
  // Store infos come before the chunks, and activations of blueprints after them.
  for (const isStoreInfo of [true, false]) {
    for (const message of copied)
      if ((message.kind === "storeInfo") === isStoreInfo) yield reader.message(message, await reader.payload(message));
  }
  for await (const chunk of reader.ahead(plan.chunks())) yield* chunkOf(chunk, reader, memory);
  for (const labels of plan.labels()) yield { ...messageOfChunk(labelChunk(labels), labels.storeId), source: 0 };
}

async function* chunkOf(
  planned: PlannedChunk,
  reader: EntryReader,
  memory: MessageMemory,
): AsyncGenerator<ToolMessage, void, undefined> {
  const { segments, storeId, components } = planned;
  const [{ entry }] = segments as [PlannedChunk["segments"][number]];
  const { source, place } = entry;
  if (isWhole(segments) && components === undefined && entry.isPlain) {
    const placed = { kind: "chunk" as const, storeId, source, place };
    yield reader.message(placed, await reader.payload(placed));
    return;
  }
  if (isWhole(segments) && components === undefined && entry.joined !== undefined) {
    yield { ...messageOfChunk(entry.joined, storeId, memory.allocate), source };
    return;
  }
  const chunks = await reader.chunks([...new Set(segments.map((segment) => segment.entry))]);
  yield { ...messageOfChunk(mergeRows(planned, chunks), storeId, memory.allocate), source };
}

/** The size of the chunks that are read ahead, and the number of planned chunks that are made of them. */
const AHEAD_BYTES = 4 * 1024 * 1024;
const AHEAD_CHUNKS = 64;
/** The largest chunk that is read ahead. */
const AHEAD_CHUNK = 64 * 1024;

/**
 * Reads chunks again, and keeps the chunks of the last planned chunk, because the next one may need their other rows.
 */
class EntryReader {
  readonly #sources: readonly PlaceReader[];
  readonly #schemas = new SchemaCache();
  readonly #allocate = slabs(SLAB);
  #last: ReadonlyMap<ChunkEntry, ChunkData> = new Map();
  /** The messages of chunks that were read ahead. */
  readonly #ahead = new Map<ChunkEntry, Uint8Array>();

  constructor(sources: readonly OpenSource[], options: OptimizeOptions) {
    this.#sources = sources.map((access) => new PlaceReader(access, options));
  }

  /**
   * Planned chunks, with the chunks that they are made of read ahead. Neighbouring entities often have their small
   * chunks side by side, so one read is enough for many of them.
   */
  async *ahead(planned: Iterable<PlannedChunk>): AsyncGenerator<PlannedChunk, void, undefined> {
    let chunks: PlannedChunk[] = [];
    let entries = new Set<ChunkEntry>();
    let bytes = 0;
    for (const chunk of planned) {
      chunks.push(chunk);
      const far = isWhole(chunk.segments) ? [] : this.#farEntries(chunk);
      for (const entry of far) {
        if (entries.has(entry)) continue;
        entries.add(entry);
        bytes += entry.place.length;
      }
      if (chunks.length < AHEAD_CHUNKS && bytes < AHEAD_BYTES) continue;
      await this.#readAhead([...entries]);
      yield* chunks;
      chunks = [];
      entries = new Set();
      bytes = 0;
    }
    await this.#readAhead([...entries]);
    yield* chunks;
  }

  /** The small chunks of a planned chunk, unless they are so close to each other that few reads are enough. */
  #farEntries({ segments }: PlannedChunk): readonly ChunkEntry[] {
    const all = segments.map(({ entry }) => entry);
    const small = all.filter(({ joined, place }) => joined === undefined && place.length <= AHEAD_CHUNK);
    return areClose(small.map(({ place }) => place)) ? [] : small;
  }

  async #readAhead(entries: readonly ChunkEntry[]): Promise<void> {
    this.#ahead.clear();
    for (const source of new Set(entries.map((entry) => entry.source))) {
      const ofSource = entries.filter((entry) => entry.source === source);
      const payloads = await this.#source(source).readNeighbours(ofSource.map(({ place }) => place));
      for (const [index, entry] of ofSource.entries()) this.#ahead.set(entry, payloads[index] as Uint8Array);
    }
  }

  async payload({ source, place }: Pick<ChunkEntry, "source" | "place">): Promise<Uint8Array> {
    return this.#source(source).readOne(place);
  }

  message({ kind, storeId, source }: PlacedMessage, payload: Uint8Array): ToolMessage {
    const message = decodeMessage(kind, payload) as ToolMessage["message"];
    if (message.kind !== "chunk") return { message, storeId, source };
    const chunk = ChunkData.read(message.readArrow(), this.#schemas);
    return { message, storeId, source, chunk, described: describeMessage(chunk) };
  }

  async chunks(entries: readonly ChunkEntry[]): Promise<ReadonlyMap<ChunkEntry, ChunkData>> {
    const found = new Map<ChunkEntry, ChunkData | undefined>(
      entries.map((entry) => [entry, entry.joined ?? this.#last.get(entry)]),
    );
    const missing: ChunkEntry[] = [];
    for (const entry of entries) {
      const payload = this.#ahead.get(entry);
      if (found.get(entry) !== undefined) continue;
      if (payload === undefined) missing.push(entry);
      else found.set(entry, this.#decode(entry, payload));
    }
    for (const source of new Set(missing.map((entry) => entry.source))) {
      const ofSource = missing.filter((entry) => entry.source === source);
      for (let start = 0; start < ofSource.length; start += MAX_PLACES) {
        const group = ofSource.slice(start, start + MAX_PLACES);
        const payloads = await this.#source(source).readTogether(group.map(({ place }) => place));
        for (const [index, entry] of group.entries())
          found.set(entry, this.#decode(entry, payloads[index] as Uint8Array));
      }
    }
    return (this.#last = found as ReadonlyMap<ChunkEntry, ChunkData>);
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
    return ChunkData.read(isShared ? copyOf(arrow, this.#allocate) : arrow, this.#schemas);
  }

  #source(source: number): PlaceReader {
    const reader = this.#sources[source];
    if (reader === undefined) throw new RerunError("INTERNAL", `there is no source ${source}`);
    return reader;
  }
}

function copyOf(bytes: Uint8Array, allocate: (length: number) => Uint8Array<ArrayBuffer>): Uint8Array {
  const copy = allocate(bytes.byteLength);
  copy.set(bytes);
  return copy;
}

/** Memory that is used again for the next part but one: while a part is used, the next one is read. */
function inTurns(): (length: number) => Uint8Array {
  let [next, last] = [new Uint8Array(0), new Uint8Array(0)];
  return (length) => {
    [next, last] = [last, next];
    if (next.byteLength < length) next = new Uint8Array(length + (length >> 2));
    return next.subarray(0, length);
  };
}

/** Reads the rows of chunks, which last until the next chunk is read. */
function readInTurn(): (message: ChunkMessage) => Uint8Array {
  const memory = scratch();
  return (message) => message.readArrow(memory);
}

/** Memory for one piece at a time, unless it is very large: each is overwritten by the next. */
function scratch(): (length: number) => Uint8Array<ArrayBuffer> {
  let memory = new Uint8Array(SLAB);
  return (length) => {
    if (length > MAX_SCRATCH) return new Uint8Array(length);
    if (memory.byteLength < length) memory = new Uint8Array(Math.min(2 * length, MAX_SCRATCH));
    return memory.subarray(0, length);
  };
}
