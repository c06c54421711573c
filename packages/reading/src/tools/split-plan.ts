import type { Data } from "apache-arrow";
import { getOrAdd } from "@rerun-ts/core/util";
import { isValid } from "../arrays/is-valid.ts";
import { compareRowIds } from "../query/resolve-cells.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import type { Cell } from "./cell.ts";
import { FrameTransforms } from "./split-transforms.ts";
import { VideoFrames } from "./split-video.ts";
import { SAMPLE } from "../video/video-components.ts";

/**
 * Finds the rows before a part that the part needs to begin with the latest value of every component. The plan stores
 * one cell for each component and part, but all frames of videos, and all transforms of entities that name frames.
 */
export class SplitPlan {
  /** The first time of each part but the first. */
  readonly #cuts: readonly bigint[];
  readonly #timeline: string;
  /** The entities whose transforms may name frames. */
  readonly #withFrames: ReadonlySet<string>;
  /** For each part, the last cell of each component in it, and the components with a cell at its first time. */
  readonly #latest: Map<string, Cell>[];
  readonly #atStart: Set<string>[];
  /** The last cells before a part, and that part. */
  #before: { readonly part: number; readonly cells: Map<string, Cell> } = { part: 0, cells: new Map() };
  /** The videos and the transforms by entity. */
  readonly #videos = new Map<string, VideoFrames>();
  readonly #transforms = new Map<string, FrameTransforms>();

  constructor(timeline: string, cuts: readonly bigint[], withFrames: ReadonlySet<string>) {
    this.#timeline = timeline;
    this.#cuts = cuts;
    this.#withFrames = withFrames;
    this.#latest = Array.from({ length: cuts.length + 1 }, () => new Map<string, Cell>());
    this.#atStart = Array.from({ length: cuts.length + 1 }, () => new Set<string>());
  }

  /** The number of stored cells and rows, without frames of videos. */
  get size(): number {
    const cells = this.#latest.reduce((sum, { size }) => sum + size, 0);
    return [...this.#transforms.values()].reduce((sum, { size }) => sum + size, cells);
  }

  /** The part that a time belongs to. */
  partOf(time: bigint): number {
    let [low, high] = [0, this.#cuts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (time >= (this.#cuts[middle] as bigint)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The times of a chunk, or `undefined` if it is not on the timeline. */
  timesOf(chunk: ChunkData): BigInt64Array | undefined {
    const column = chunk.layout.timelines.find(({ name }) => name === this.#timeline);
    return column && chunk.times(column);
  }

  /** The first and the last part with rows of a chunk, or `undefined` if it belongs to all of them. */
  partsOf(chunk: ChunkData): { readonly first: number; readonly last: number } | undefined {
    const times = this.timesOf(chunk);
    if (times === undefined || times.length === 0) return undefined;
    let [min, max] = [times[0] as bigint, times[0] as bigint];
    for (const time of times) {
      if (time < min) min = time;
      if (time > max) max = time;
    }
    return { first: this.partOf(min), last: this.partOf(max) };
  }

  /** Looks at a chunk. */
  add(chunk: ChunkData, store: string): void {
    const entity = `${store}\0${chunk.entityPath}`;
    if (chunk.layout.components.some(({ name }) => name.startsWith("VideoStream:")))
      this.#videoOf(entity).addCodec(chunk);
    const times = this.timesOf(chunk);
    if (times === undefined) return;
    for (const column of chunk.layout.components) {
      const values = chunk.values(column);
      if (column.name === SAMPLE) this.#addFrames(entity, chunk, values, times);
      else this.#addLatest(`${entity}\0${column.name}`, chunk, values, times);
    }
    if (!this.#withFrames.has(chunk.entityPath)) return;
    const known = getOrAdd(this.#transforms, entity, () => new FrameTransforms());
    known.add(chunk, times);
  }

  #addFrames(entity: string, chunk: ChunkData, values: Data, times: BigInt64Array): void {
    const video = this.#videoOf(entity);
    for (let row = 0; row < times.length; row++)
      if (isValid(values, row)) video.add(cellOf(chunk, times, row), chunk, values);
  }

  /** Keeps the latest cell of each part. Rows of one part mostly follow each other. */
  #addLatest(key: string, chunk: ChunkData, values: Data, times: BigInt64Array): void {
    const { rowIds } = chunk;
    let best = -1;
    let part = -1;
    for (let row = 0; row < times.length; row++) {
      if (!isValid(values, row)) continue;
      const time = times[row] as bigint;
      const own = this.partOf(time);
      if (time === this.#cuts[own - 1]) this.#atStart[own]?.add(key);
      if (own !== part) {
        this.#keep(part, key, chunk, times, best);
        part = own;
        best = row;
      } else if (isRowLater(time, rowIds, row, times[best] as bigint, rowIds, best)) best = row;
    }
    this.#keep(part, key, chunk, times, best);
  }

  #keep(part: number, key: string, chunk: ChunkData, times: BigInt64Array, row: number): void {
    if (row < 0) return;
    const latest = this.#latest[part] as Map<string, Cell>;
    const before = latest.get(key);
    const time = times[row] as bigint;
    if (before === undefined || isRowLater(time, chunk.rowIds, row, before.time, before.rowIds, 0))
      latest.set(key, cellOf(chunk, times, row));
  }

  #videoOf(entity: string): VideoFrames {
    const video = getOrAdd(this.#videos, entity, () => new VideoFrames());
    return video;
  }

  /** The earlier rows with which a part begins, by the ids of their chunks. */
  rowsBefore(part: number): ReadonlyMap<string, ReadonlySet<number>> {
    const start = this.#cuts[part - 1];
    const rows = new Map<string, Set<number>>();
    if (start === undefined) return rows;
    const add = (chunkId: string, row: number): void => {
      const known = rows.get(chunkId);
      if (known === undefined) rows.set(chunkId, new Set([row]));
      else known.add(row);
    };
    for (const [key, { chunkId, row }] of this.#cellsBefore(part))
      if (this.#atStart[part]?.has(key) !== true) add(chunkId, row);
    for (const video of this.#videos.values())
      for (const { chunkId, row } of video.before(start, isLater)) add(chunkId, row);
    for (const transforms of this.#transforms.values()) transforms.before(start, add);
    return rows;
  }

  /** The last cells before a part. Parts are usually requested in order. */
  #cellsBefore(part: number): ReadonlyMap<string, Cell> {
    if (part < this.#before.part) this.#before = { part: 0, cells: new Map() };
    const { cells, part: first } = this.#before;
    for (const latest of this.#latest.slice(first, part)) for (const [key, cell] of latest) cells.set(key, cell);
    this.#before = { part, cells };
    return cells;
  }
}

function cellOf({ rowIds, id: chunkId }: ChunkData, times: BigInt64Array, row: number): Cell {
  return { time: times[row] as bigint, rowIds: rowIds.slice(row * 16, row * 16 + 16), chunkId, row };
}

function isLater(cell: Cell, other: Cell): boolean {
  return isRowLater(cell.time, cell.rowIds, 0, other.time, other.rowIds, 0);
}

function isRowLater(
  time: bigint,
  rowIds: Uint8Array,
  row: number,
  otherTime: bigint,
  otherIds: Uint8Array,
  otherRow: number,
): boolean {
  if (time !== otherTime) return time > otherTime;
  return compareRowIds(rowIds, row, otherIds, otherRow) > 0;
}
