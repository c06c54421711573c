import type { ChunkEntry } from "./chunk-entry.ts";
import type { EdgeTimes } from "./edge-times.ts";
import type { ChunkLimits } from "./optimize-options.ts";

/** Rows of a chunk of a source, from `from` to before `to`. */
export interface PackedRun {
  readonly entry: ChunkEntry;
  readonly from: number;
  readonly to: number;
}

/** Rows that become one chunk. */
export interface PackedChunk {
  readonly segments: readonly PackedRun[];
  /** Whether the row ids of each segment come after those of the previous one. */
  readonly isInOrder: boolean;
}

/** An unchanged chunk of a source. */
export function wholeChunk(entry: ChunkEntry): PackedChunk {
  return { segments: [{ entry, from: 0, to: entry.rows }], isInOrder: true };
}

/** Rows that stay together: a chunk, a part of a large one, or a key frame with the frames after it. */
interface Unit {
  readonly segments: PackedRun[];
  rows: number;
  bytes: number;
}

/**
 * Combines chunks, as many in sequence as the limits allow, and divides larger ones.
 *
 * @param entries the chunks, sorted by their first row ids
 * @param times the times of their edges
 * @param isCut whether a row begins a group of pictures. Groups stay whole
 */
export function* packChunks(
  entries: readonly ChunkEntry[],
  times: EdgeTimes,
  bytesOf: (entry: ChunkEntry) => number,
  limits: ChunkLimits,
  isCut?: (entry: ChunkEntry, row: number) => boolean,
): Generator<PackedChunk, void, undefined> {
  const units =
    isCut === undefined ? wholeOrParts(entries, bytesOf, limits) : groupsOfPictures(entries, bytesOf, isCut);
  let open: OpenChunk | undefined;
  for (const unit of units) {
    if (open?.takes(unit, limits) !== true) {
      if (open !== undefined) yield open;
      open = new OpenChunk(times);
    }
    open.add(unit);
  }
  if (open !== undefined) yield open;
}

class OpenChunk implements PackedChunk {
  readonly segments: PackedRun[] = [];
  isInOrder = true;
  #rows = 0;
  #bytes = 0;
  #isSorted = true;
  readonly #times: EdgeTimes;

  constructor(times: EdgeTimes) {
    this.#times = times;
  }

  /** Whether a unit fits as well. */
  takes(unit: Unit, { maxBytes, maxRows, maxRowsIfUnsorted }: ChunkLimits): boolean {
    const rows = this.#rows + unit.rows;
    const isSorted = this.#isSorted && this.#follows(unit);
    return this.#bytes + unit.bytes <= maxBytes && rows <= (isSorted ? maxRows : maxRowsIfUnsorted);
  }

  add(unit: Unit): void {
    this.#isSorted &&= this.#follows(unit);
    for (const segment of unit.segments) {
      const last = this.segments.at(-1);
      if (last !== undefined && last.entry !== segment.entry && segment.entry.firstId <= last.entry.lastId)
        this.isInOrder = false;
      this.segments.push(segment);
    }
    this.#rows += unit.rows;
    this.#bytes += unit.bytes;
  }

  /** Whether the rows stay sorted by all timelines. */
  #follows(unit: Unit): boolean {
    let before = this.segments.at(-1)?.entry;
    for (const { entry } of unit.segments) {
      if (!entry.isSorted) return false;
      if (before !== undefined && before !== entry && !this.#isAfter(entry, before)) return false;
      before = entry;
    }
    return true;
  }

  #isAfter(entry: ChunkEntry, before: ChunkEntry): boolean {
    return entry.firstId > before.lastId && this.#times.isAfter(entry.edges, before.edges);
  }
}

function* wholeOrParts(
  entries: readonly ChunkEntry[],
  bytesOf: (entry: ChunkEntry) => number,
  { maxBytes, maxRows, maxRowsIfUnsorted }: ChunkLimits,
): Generator<Unit> {
  for (const entry of entries) {
    const bytes = bytesOf(entry);
    const perRow = bytes / entry.rows;
    const most = Math.max(1, Math.min(entry.isSorted ? maxRows : maxRowsIfUnsorted, Math.floor(maxBytes / perRow)));
    // Unsorted rows stay together, because a chunk has its rows in the order of their ids.
    const step = entry.hasSortedIds ? most : entry.rows;
    for (let from = 0; from < entry.rows; from += step) {
      const to = Math.min(from + step, entry.rows);
      yield { segments: [{ entry, from, to }], rows: to - from, bytes: perRow * (to - from) };
    }
  }
}

function* groupsOfPictures(
  entries: readonly ChunkEntry[],
  bytesOf: (entry: ChunkEntry) => number,
  isCut: (entry: ChunkEntry, row: number) => boolean,
): Generator<Unit> {
  let unit: Unit | undefined;
  for (const entry of entries) {
    const perRow = bytesOf(entry) / entry.rows;
    let from = 0;
    const end = (to: number): void => {
      if (to === from) return;
      unit ??= { segments: [], rows: 0, bytes: 0 };
      unit.segments.push({ entry, from, to });
      unit.rows += to - from;
      unit.bytes += perRow * (to - from);
      from = to;
    };
    for (let row = 0; row < entry.rows; row++) {
      if (!isCut(entry, row)) continue;
      end(row);
      if (unit !== undefined) yield unit;
      unit = undefined;
    }
    end(entry.rows);
  }
  if (unit !== undefined) yield unit;
}
