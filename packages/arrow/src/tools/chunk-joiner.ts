import type { ChunkData } from "../store/chunk-data.ts";
import type { ChunkEntry } from "./chunk-entry.ts";
import type { EdgeTimes } from "./edge-times.ts";
import { mergeRows } from "./merge-rows.ts";
import type { ChunkLimits } from "./optimize-options.ts";

/** The largest size of chunks that are joined, in bytes without compression. */
export const SMALL_CHUNK: number = 8 * 1024;
/** The most chunks that are joined. */
const MAX_CHUNKS = 64;
/** The largest size of joined chunks as a share of the limits of a chunk, so that nearly as much fits into one. */
const SHARE = 1 / 16;
/** The largest size of all chunks that wait for others. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** The largest size of all joined rows. */
const MAX_JOINED_BYTES = 64 * 1024 * 1024;

/** Small chunks with the same columns that follow each other by their row ids. */
class ChunkRun {
  readonly entries: ChunkEntry[] = [];
  readonly chunks: ChunkData[] = [];
  rows = 0;
  bytes = 0;
  /** The size of the chunks in memory. */
  memory = 0;
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
  #waiting = 0;
  #joined = 0;

  constructor({ maxBytes, maxRows, maxRowsIfUnsorted }: ChunkLimits) {
    this.#maxBytes = maxBytes * SHARE;
    this.#maxRows = Math.min(maxRows, maxRowsIfUnsorted) * SHARE;
  }

  /** Adds the entry of a chunk to its kind, possibly later and together with others. */
  add(kind: JoinedKind, entry: ChunkEntry, chunk: ChunkData): void {
    const bytes = sizeOf(entry, chunk);
    if (!this.#isJoined(entry, chunk, bytes)) {
      kind.entries.push(entry);
      return;
    }
    let run = this.#runs.get(kind);
    const last = run?.entries.at(-1);
    const fits = run !== undefined && run.rows + entry.rows <= this.#maxRows && run.bytes + bytes <= this.#maxBytes;
    if (last !== undefined && !(fits && entry.firstId > last.lastId)) this.#join(kind);
    run = this.#runs.get(kind);
    if (run === undefined) this.#runs.set(kind, (run = new ChunkRun()));
    run.entries.push(entry);
    run.chunks.push(chunk);
    run.rows += entry.rows;
    run.bytes += bytes;
    run.memory += chunk.arrow.byteLength;
    this.#waiting += chunk.arrow.byteLength;
    if (run.entries.length === MAX_CHUNKS) this.#join(kind);
    if (this.#waiting > MAX_WAITING_BYTES) this.finish();
  }

  /** Adds the entries that wait for others. */
  finish(): void {
    for (const kind of this.#runs.keys()) this.#join(kind);
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

  #join(kind: JoinedKind): void {
    const run = this.#runs.get(kind);
    if (run === undefined) return;
    this.#runs.delete(kind);
    this.#waiting -= run.memory;
    const { entries, chunks, rows } = run;
    const [first] = entries as [ChunkEntry];
    if (entries.length === 1) {
      kind.entries.push(first);
      return;
    }
    const segments = entries.map((entry) => ({ entry, from: 0, to: entry.rows }));
    const all = new Map(entries.map((entry, index) => [entry, chunks[index] as ChunkData]));
    const joined = mergeRows({ segments, components: undefined, isInOrder: true }, all);
    this.#joined += run.bytes;
    kind.entries.push({
      ...first,
      id: joined.id,
      rows,
      lastId: (entries.at(-1) as ChunkEntry).lastId,
      isSorted: entries.every(({ isSorted, edges }, index) => {
        const before = entries[index - 1];
        return isSorted && (before === undefined || kind.times.isAfter(edges, before.edges));
      }),
      edges: kind.times.add(joined.layout.timelines.map((column) => joined.times(column))),
      // Their sum, because each array takes a little more than its rows.
      componentBytes: first.componentBytes.map((_, index) =>
        entries.reduce((sum, { componentBytes }) => sum + (componentBytes[index] as number), 0),
      ),
      isPlain: false,
      joined,
    });
  }
}

/** The size of the rows. */
function sizeOf({ rows, componentBytes }: ChunkEntry, { layout }: ChunkData): number {
  return componentBytes.reduce((sum, bytes) => sum + bytes, rows * (16 + layout.timelines.length * 8));
}
