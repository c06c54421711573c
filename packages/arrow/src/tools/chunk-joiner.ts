import type { ChunkData } from "../store/chunk-data.ts";
import type { ChunkEntry } from "./chunk-entry.ts";
import type { EdgeTimes } from "./edge-times.ts";
import { mergeRows } from "./merge-rows.ts";
import type { ChunkLimits } from "./optimize-options.ts";

/** The largest size of chunks that are joined, in bytes without compression. */
export const SMALL_CHUNK: number = 8 * 1024;
/** Chunks are joined by this number, and so are the results: garbage collection takes long if many chunks wait. */
const TOGETHER = 8;
/** The number of times that chunks are joined. */
const LEVELS = 3;
/** The largest size of joined chunks as a share of the limits of a chunk, so that nearly as much fits into one. */
const SHARE = 1 / 16;
/** Fewer chunks are not joined, because the objects of one take more memory than their entries. */
const MIN_CHUNKS = 4;
/**
 * No chunk waits for others while more bytes of small chunks are read: many of them share memory, which one that waits
 * would keep.
 */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;
/** The largest size of all joined chunks. */
const MAX_JOINED_BYTES = 64 * 1024 * 1024;
/** The size of the objects of a joined chunk, besides its rows. */
const OBJECT_BYTES = 6 * 1024;

/** A chunk that waits for others. */
interface WaitingChunk {
  readonly entry: ChunkEntry;
  readonly chunk: ChunkData;
}

/** Small chunks with the same columns that follow each other by their row ids. */
class ChunkRun {
  /** The chunks by how often they were joined. Those that were joined more often come first. */
  readonly levels: WaitingChunk[][] = Array.from({ length: LEVELS }, () => []);
  /** The number of small chunks. */
  count = 0;
  rows = 0;
  bytes = 0;
  /** The last row id. */
  lastId = "";
}

/** The chunks of one kind. */
export interface JoinedKind {
  readonly entries: ChunkEntry[];
  readonly times: EdgeTimes;
}

/**
 * Joins small chunks while a file is read for the first time, so that they are not read again. Their rows take far less
 * memory than the chunks. When even these become too large, the other chunks are read again.
 */
export class ChunkJoiner {
  readonly #maxRows: number;
  readonly #maxBytes: number;
  readonly #runs = new Map<JoinedKind, ChunkRun>();
  /** The size of the small chunks since none has waited. */
  #bytes = 0;
  #joined = 0;

  constructor({ maxBytes, maxRows, maxRowsIfUnsorted }: ChunkLimits) {
    this.#maxBytes = maxBytes * SHARE;
    this.#maxRows = Math.min(maxRows, maxRowsIfUnsorted) * SHARE;
  }

  /** Adds the entry of a chunk to its kind, possibly later and together with others. */
  add(kind: JoinedKind, entry: ChunkEntry, chunk: ChunkData): void {
    const bytes = sizeOf(entry, chunk);
    const size = chunk.arrow.byteLength;
    if (size <= SMALL_CHUNK) this.#bytes += size;
    if (this.#bytes > MAX_WAITING_BYTES) this.finish();
    if (!this.#isJoined(entry, chunk, bytes)) {
      kind.entries.push(entry);
      return;
    }
    let run = this.#runs.get(kind);
    if (run !== undefined) {
      const fits = run.rows + entry.rows <= this.#maxRows && run.bytes + bytes <= this.#maxBytes;
      if (!fits || entry.firstId <= run.lastId) {
        this.#end(kind, run);
        run = undefined;
      }
    }
    if (run === undefined) this.#runs.set(kind, (run = new ChunkRun()));
    run.count++;
    run.rows += entry.rows;
    run.bytes += bytes;
    run.lastId = entry.lastId;
    let next: WaitingChunk | undefined = { entry, chunk };
    for (const level of run.levels) {
      level.push(next);
      if (level.length < TOGETHER) return;
      next = join(kind, level.splice(0));
    }
    run.levels.push([next]);
    this.#end(kind, run);
  }

  /** Adds the entries that wait for others. */
  finish(): void {
    for (const [kind, run] of this.#runs) this.#end(kind, run);
    this.#bytes = 0;
  }

  #isJoined({ rows, hasSortedIds, keyframes }: ChunkEntry, { arrow, layout }: ChunkData, bytes: number): boolean {
    return (
      arrow.byteLength <= SMALL_CHUNK &&
      hasSortedIds &&
      keyframes === undefined &&
      layout.timelines.length > 0 &&
      rows * 2 <= this.#maxRows &&
      bytes * 2 <= this.#maxBytes &&
      this.#joined < MAX_JOINED_BYTES
    );
  }

  /** Adds a run to its kind. */
  #end(kind: JoinedKind, { levels, count, bytes }: ChunkRun): void {
    this.#runs.delete(kind);
    const waiting: WaitingChunk[] = [];
    for (const level of levels) waiting.unshift(...level);
    if (count < MIN_CHUNKS) {
      kind.entries.push(...waiting.map(({ entry }) => entry));
      return;
    }
    kind.entries.push(join(kind, waiting).entry);
    this.#joined += bytes + OBJECT_BYTES;
  }
}

/** One chunk of several. A single one stays as it is. */
function join(kind: JoinedKind, waiting: readonly WaitingChunk[]): WaitingChunk {
  const [first] = waiting as [WaitingChunk];
  if (waiting.length === 1) return first;
  const entries = waiting.map(({ entry }) => entry);
  const segments = entries.map((entry) => ({ entry, from: 0, to: entry.rows }));
  const chunks = new Map(waiting.map(({ entry, chunk }) => [entry, chunk]));
  const joined = mergeRows({ segments, components: undefined, isInOrder: true }, chunks);
  const entry: ChunkEntry = {
    ...first.entry,
    id: joined.id,
    rows: joined.rows,
    lastId: (entries.at(-1) as ChunkEntry).lastId,
    isSorted: entries.every(({ isSorted, edges }, index) => {
      const before = entries[index - 1];
      return isSorted && (before === undefined || kind.times.isAfter(edges, before.edges));
    }),
    edges: kind.times.add(joined.layout.timelines.map((column) => joined.times(column))),
    // Their sum, because each array takes a little more than its rows.
    componentBytes: first.entry.componentBytes.map((_, index) =>
      entries.reduce((sum, { componentBytes }) => sum + (componentBytes[index] as number), 0),
    ),
    isPlain: false,
    joined,
  };
  return { entry, chunk: joined };
}

/** The size of the rows. */
function sizeOf({ rows, componentBytes }: ChunkEntry, { layout }: ChunkData): number {
  return componentBytes.reduce((sum, bytes) => sum + bytes, rows * (16 + layout.timelines.length * 8));
}
