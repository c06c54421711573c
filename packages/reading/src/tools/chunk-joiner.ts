import type { AllocateCopy } from "../arrays/growing-buffers.ts";
import { slabs } from "../source/slabs.ts";
import { hasSortedIds } from "../store/has-sorted-ids.ts";
import { chunkEntry, type ChunkEntry } from "./chunk-entry.ts";
import type { EdgeTimes } from "./edge-times.ts";
import { GrowingRows, OBJECT_BYTES } from "./growing-rows.ts";
import { JoinedId } from "./joined-id.ts";
import type { ChunkLimits } from "./optimize-options.ts";
import type { SmallChunk, SmallColumn } from "./small-chunk-reader.ts";

/** The largest number of chunks that become one. */
const MAX_CHUNKS = 512;
/** The largest size of joined chunks as a share of the limits of a chunk, so that nearly as much fits into one. */
const SHARE = 1 / 8;
/** The largest size of all rows. */
const MAX_BYTES = 128 * 1024 * 1024;
/** The largest size of the rows of joined chunks, as long as others may follow. */
const MAX_JOINED_BYTES = 80 * 1024 * 1024;
/** The size of the place of a chunk whose rows wait. */
const PLACE_BYTES = 24;
/** The least number of chunks for one, on average. Fewer would take longer than to read each by itself. */
const MIN_CHUNKS = 4;
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
  /** The id of the first chunk, and that of all together. */
  readonly first: string;
  readonly id: JoinedId;
  readonly source: number;
  /** The places of the chunks. */
  readonly offsets: number[];
  readonly lengths: number[];
  readonly rows: GrowingRows;
  bytes: number;
  /** The memory of the rows, which those before may have had. */
  memory: number;
  /** The last row id. */
  readonly lastId: Uint8Array;
}

/**
 * Joins small chunks while a file is read for the first time, so that they are not read again. Their rows take far less
 * memory than the chunks. When even these become too large, only the places of the others are kept, and they are read
 * again.
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
  /** Whether the rows of some chunks were not kept. */
  #isIncomplete = false;
  #isIdle = false;
  readonly #allocate = slabs(SLAB_BYTES);

  constructor(limits: ChunkLimits) {
    const { maxBytes, maxRows, maxRowsIfUnsorted } = limits;
    this.#limits = limits;
    this.#maxBytes = maxBytes * SHARE;
    this.#maxRows = maxRows * SHARE;
    this.#maxRowsIfUnsorted = Math.min(maxRows, maxRowsIfUnsorted) * SHARE;
  }

  /** Whether no more chunks are joined, because there is no room to wait for enough of them. */
  get isIdle(): boolean {
    return this.#isIdle;
  }

  /**
   * Copies the rows of a small chunk, to be called unless {@link isIdle}. Returns `false`, and does nothing, if it
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
    let memory = run?.memory ?? 0;
    if (run !== undefined) {
      const isEnd = run.offsets.length === MAX_CHUNKS || run.source !== source || !isAfter(ids, run.lastId);
      if (isEnd || !this.#fits(run, chunk, bytes)) {
        this.#end(kind, run, MAX_JOINED_BYTES, this.#allocate);
        run = undefined;
      }
    }
    if (run === undefined && growing?.reuse(chunk) !== true) {
      growing = new GrowingRows(chunk);
      memory = 0;
    }
    if (growing?.append(chunk) !== true) return false;
    if (run === undefined) {
      const lastId = new Uint8Array(ID_BYTES);
      const joinedId = new JoinedId(id);
      run = { first: id, id: joinedId, source, offsets: [], lengths: [], rows: growing, bytes: 0, memory, lastId };
      this.#runs.set(kind, run);
      this.#waiting += memory + OBJECT_BYTES;
    }
    run.id.add(id);
    run.offsets.push(place.offset);
    run.lengths.push(place.length);
    run.bytes += bytes;
    const more = Math.max(run.bytes - run.memory, 0);
    run.memory += more;
    this.#waiting += more + PLACE_BYTES;
    run.lastId.set(ids.subarray(ids.byteLength - ID_BYTES));
    if (this.#waiting + this.#joined > MAX_BYTES) this.#makeRoom();
    return true;
  }

  /** Whether the rows of a chunk fit as well. */
  #fits(run: ChunkRun, chunk: SmallChunk<unknown>, bytes: number): boolean {
    const rows = run.rows.rows + chunk.rows;
    if (run.bytes + bytes > this.#maxBytes || rows > this.#maxRows) return false;
    return rows <= this.#maxRowsIfUnsorted || run.rows.areSortedWith(chunk);
  }

  /** Adds the entries of the rows that wait for others, when all chunks were read. */
  finish(): void {
    // Others that are joined once more need memory as well.
    const most = this.#isIncomplete ? MAX_JOINED_BYTES : MAX_BYTES;
    for (const [kind, run] of this.#runs) this.#end(kind, run, most, undefined);
  }

  /** Adds the entries of the rows that wait, and no longer joins chunks if few were joined each time. */
  #makeRoom(): void {
    let chunks = 0;
    for (const { offsets } of this.#runs.values()) chunks += offsets.length;
    this.#isIdle = chunks < MIN_CHUNKS * this.#runs.size;
    for (const [kind, run] of this.#runs) this.#end(kind, run, MAX_JOINED_BYTES, undefined);
  }

  /**
   * Adds a run to its kind.
   *
   * @param most the largest size of all joined rows. With more, the chunks of the run are read again
   * @param allocate gives memory for a copy of its rows. `undefined` if no other rows will get their memory
   */
  #end(kind: JoinedKind, run: ChunkRun, most: number, allocate: AllocateCopy | undefined): void {
    const { source, offsets, lengths, rows, bytes } = run;
    this.#runs.delete(kind);
    this.#waiting -= run.memory + offsets.length * PLACE_BYTES + OBJECT_BYTES;
    const isJoined = offsets.length > 1;
    const isKept = isJoined && this.#joined + bytes + OBJECT_BYTES <= most;
    const chunk = rows.finish(isJoined ? String(run.id) : run.first, isKept ? allocate : undefined);
    const place = { offset: offsets[0] as number, length: lengths[0] as number };
    // The ids of all chunks are sorted, and the growing rows note which times are.
    const isSorted = chunk.layout.timelines.every(({ field }) => field.metadata.get("rerun:is_sorted") === "true");
    kind.entries.push({
      ...chunkEntry(chunk, { source, place }, kind.times, this.#limits, { hasSortedIds: true, isSorted }),
      // Their sum, because each array takes a little more than its rows.
      componentBytes: rows.componentBytes,
      // The rows of a single chunk are read again, because they take more memory than its entry.
      ...(isJoined ? { isPlain: false } : {}),
      ...(isKept ? { joined: chunk } : {}),
      ...(isJoined && !isKept
        ? { joins: { offsets: new Float64Array(offsets), lengths: new Uint32Array(lengths) } }
        : {}),
    });
    if (isKept) this.#joined += bytes + OBJECT_BYTES;
    else if (isJoined) this.#isIncomplete = true;
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
