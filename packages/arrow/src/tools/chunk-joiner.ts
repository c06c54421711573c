import type { AllocateCopy } from "../arrays/growing-buffers.ts";
import { slabs } from "../source/slabs.ts";
import { hasSortedIds } from "../store/has-sorted-ids.ts";
import { entryOf, type ChunkEntry } from "./chunk-entry.ts";
import type { EdgeTimes } from "./edge-times.ts";
import { derivedId } from "./edit-chunk.ts";
import { GrowingRows } from "./growing-rows.ts";
import type { ChunkLimits } from "./optimize-options.ts";
import type { SmallChunk, SmallColumn } from "./small-chunk-reader.ts";

/** The largest number of chunks that become one. */
const MAX_CHUNKS = 512;
/** The largest size of joined chunks as a share of the limits of a chunk, so that nearly as much fits into one. */
const SHARE = 1 / 8;
/** The largest size of all rows. */
const MAX_BYTES = 160 * 1024 * 1024;
/** The size of joined chunks from which on no more are joined. */
const MAX_JOINED_BYTES = 112 * 1024 * 1024;
/** The size of the objects of a joined chunk, or of rows that wait for others, besides the rows. */
const OBJECT_BYTES = 6 * 1024;
/** The size of memory that joined chunks are cut from. */
const SLAB_BYTES = 1024 * 1024;
const ID_BYTES = 16;

/** The chunks of one kind. */
export interface JoinedKind {
  readonly entries: ChunkEntry[];
  readonly times: EdgeTimes;
}

/** Small chunks of one kind that follow each other by their row ids. */
interface ChunkRun {
  /** The ids of the chunks. */
  readonly ids: string[];
  /** The first chunk. */
  readonly source: number;
  readonly place: ChunkEntry["place"];
  readonly rows: GrowingRows;
  bytes: number;
  /** The last row id. */
  readonly lastId: Uint8Array;
}

/**
 * Joins small chunks while a file is read for the first time, so that they are not read again. Their rows take far less
 * memory than the chunks. When even these become too large, the other chunks are read again.
 */
export class ChunkJoiner {
  readonly #limits: ChunkLimits;
  readonly #maxRows: number;
  readonly #maxRowsIfUnsorted: number;
  readonly #maxBytes: number;
  readonly #runs = new Map<JoinedKind, ChunkRun>();
  /** The size of the rows that wait for others. */
  #waiting = 0;
  #joined = 0;
  readonly #allocate = slabs(SLAB_BYTES);

  constructor(limits: ChunkLimits) {
    const { maxBytes, maxRows, maxRowsIfUnsorted } = limits;
    this.#limits = limits;
    this.#maxBytes = maxBytes * SHARE;
    this.#maxRows = maxRows * SHARE;
    this.#maxRowsIfUnsorted = Math.min(maxRows, maxRowsIfUnsorted) * SHARE;
  }

  /** Whether the joined chunks have all of their memory, so that no more can be joined. */
  get isFull(): boolean {
    return this.#joined >= MAX_JOINED_BYTES;
  }

  /**
   * Copies the rows of a small chunk, to be called unless {@link isFull}. Returns `false`, and does nothing, if it
   * cannot be joined with others.
   */
  take(kind: JoinedKind, chunk: SmallChunk<unknown>, source: number, place: ChunkEntry["place"]): boolean {
    const { id, rows, arrays } = chunk;
    const bytes = arrays.size;
    if (rows * 2 > this.#maxRowsIfUnsorted || bytes * 2 > this.#maxBytes) return false;
    const ids = rowIdsOf(chunk);
    if (ids === undefined || !hasSortedIds({ rowIds: ids, rows })) return false;
    let run = this.#runs.get(kind);
    let growing = run?.rows;
    if (run !== undefined) {
      if (run.ids.length === MAX_CHUNKS || !isAfter(ids, run.lastId) || !this.#fits(run, chunk, bytes)) {
        this.#end(kind, run, this.#allocate);
        run = undefined;
      }
    }
    if (run === undefined && growing?.reuse(chunk) !== true) growing = new GrowingRows(chunk);
    if (growing?.append(chunk) !== true) return false;
    if (run === undefined) {
      run = { ids: [], source, place, rows: growing, bytes: 0, lastId: new Uint8Array(ID_BYTES) };
      this.#runs.set(kind, run);
      this.#waiting += OBJECT_BYTES;
    }
    run.ids.push(id);
    run.bytes += bytes;
    this.#waiting += bytes;
    run.lastId.set(ids.subarray(ids.byteLength - ID_BYTES));
    if (this.#waiting + this.#joined > MAX_BYTES) this.finish();
    return true;
  }

  /** Whether the rows of a chunk fit as well. */
  #fits(run: ChunkRun, chunk: SmallChunk<unknown>, bytes: number): boolean {
    const rows = run.rows.rows + chunk.rows;
    if (run.bytes + bytes > this.#maxBytes || rows > this.#maxRows) return false;
    return rows <= this.#maxRowsIfUnsorted || run.rows.areSortedWith(chunk);
  }

  /** Adds the entries of the rows that wait for others. */
  finish(): void {
    for (const [kind, run] of this.#runs) this.#end(kind, run, undefined);
  }

  /**
   * Adds a run to its kind.
   *
   * @param allocate gives memory for a copy of its rows. `undefined` if no other rows will get their memory
   */
  #end(kind: JoinedKind, run: ChunkRun, allocate: AllocateCopy | undefined): void {
    const { ids, rows, bytes } = run;
    this.#runs.delete(kind);
    this.#waiting -= bytes + OBJECT_BYTES;
    const [first] = ids as [string];
    const isJoined = ids.length > 1;
    const chunk = rows.finish(isJoined ? derivedId(first, new TextEncoder().encode(ids.join())) : first, allocate);
    // The ids of all chunks are sorted, and the growing rows note which times are.
    const isSorted = chunk.layout.timelines.every(({ field }) => field.metadata.get("rerun:is_sorted") === "true");
    kind.entries.push({
      ...entryOf(chunk, run, kind.times, this.#limits, { hasSortedIds: true, isSorted }),
      // Their sum, because each array takes a little more than its rows.
      componentBytes: rows.componentBytes,
      // The rows of a single chunk are read again, because they take more memory than its entry.
      ...(isJoined ? { isPlain: false, joined: chunk } : {}),
    });
    if (isJoined) this.#joined += bytes + OBJECT_BYTES;
  }
}

/** The row ids of a chunk in its memory, or `undefined` if they are damaged. */
function rowIdsOf({ schema: { columns }, arrays, rows }: SmallChunk<unknown>): Uint8Array | undefined {
  const { buffer } = columns[0] as SmallColumn;
  const start = arrays.startOf(buffer + 1);
  const size = rows * ID_BYTES;
  return start < 0 || arrays.sizeOf(buffer + 1) < size ? undefined : arrays.bytes.subarray(start, start + size);
}

/** Whether an id comes after another one. */
function isAfter(id: Uint8Array, before: Uint8Array): boolean {
  for (let index = 0; index < ID_BYTES; index++) {
    const [own, other] = [id[index] as number, before[index] as number];
    if (own !== other) return own > other;
  }
  return false;
}
