import type { ChunkData } from "../store/chunk-data.ts";
import { compareRowIds } from "../query/cells.ts";
import { isValid } from "../arrays/is-valid.ts";
import type { Cell } from "./cell.ts";
import { SAMPLE, VideoFrames } from "./split-video.ts";

/** The transforms of one entity. */
interface Transforms {
  /** Whether they name frames, so that each row may be of another one. */
  hasFrames: boolean;
  readonly cells: Cell[];
}

/** Components of transforms, and those that name frames. */
const TRANSFORM = /^(?:Transform3D|Pinhole):/;
const FRAME = /:(?:child|parent)_frame$/;

/** Finds which rows before a part it needs, so that it begins with the latest value of every component. */
export class SplitPlan {
  /** The first time of each part but the first. */
  readonly #cuts: readonly bigint[];
  readonly #timeline: string;
  /** For each part, the last cell of each component in it, and the components that have one at its first time. */
  readonly #latest: Map<string, Cell>[];
  readonly #atStart: Set<string>[];
  /** The videos and the transforms by entity. */
  readonly #videos = new Map<string, VideoFrames>();
  readonly #transforms = new Map<string, Transforms>();

  constructor(timeline: string, cuts: readonly bigint[]) {
    this.#timeline = timeline;
    this.#cuts = cuts;
    this.#latest = Array.from({ length: cuts.length + 1 }, () => new Map<string, Cell>());
    this.#atStart = Array.from({ length: cuts.length + 1 }, () => new Set<string>());
  }

  /** The part that a time belongs to. */
  partOf(time: bigint): number {
    let part = 0;
    while (part < this.#cuts.length && time >= (this.#cuts[part] as bigint)) part++;
    return part;
  }

  /** The times of a chunk; `undefined` if it is not on the timeline. */
  timesOf(chunk: ChunkData): BigInt64Array | undefined {
    const column = chunk.layout.timelines.find(({ name }) => name === this.#timeline);
    return column && chunk.times(column);
  }

  /** Looks at a chunk. */
  add(chunk: ChunkData, store: string): void {
    const entity = `${store}\0${chunk.entityPath}`;
    if (chunk.layout.components.some(({ name }) => name.startsWith("VideoStream:")))
      this.#videoOf(entity).addCodec(chunk);
    const times = this.timesOf(chunk);
    if (times === undefined) return;
    const { rowIds, id: chunkId } = chunk;
    for (const column of chunk.layout.components) {
      const values = chunk.values(column);
      const key = `${entity}\0${column.name}`;
      for (let row = 0; row < times.length; row++) {
        if (!isValid(values, row)) continue;
        const time = times[row] as bigint;
        const cell = { time, rowIds: rowIds.slice(row * 16, row * 16 + 16), chunkId, row };
        if (column.name === SAMPLE) this.#videoOf(entity).add(cell, chunk, values);
        else this.#addCell(key, cell);
        if (TRANSFORM.test(column.name)) this.#addTransform(entity, column.name, cell);
      }
    }
  }

  #addCell(key: string, cell: Cell): void {
    const part = this.partOf(cell.time);
    if (cell.time === this.#cuts[part - 1]) this.#atStart[part]?.add(key);
    const latest = this.#latest[part] as Map<string, Cell>;
    const before = latest.get(key);
    if (before === undefined || isLater(cell, before)) latest.set(key, cell);
  }

  #addTransform(entity: string, component: string, cell: Cell): void {
    let known = this.#transforms.get(entity);
    if (known === undefined) this.#transforms.set(entity, (known = { hasFrames: false, cells: [] }));
    known.hasFrames ||= FRAME.test(component);
    known.cells.push(cell);
  }

  #videoOf(entity: string): VideoFrames {
    let video = this.#videos.get(entity);
    if (video === undefined) this.#videos.set(entity, (video = new VideoFrames()));
    return video;
  }

  /** The rows before a part that it begins with, by the ids of their chunks. */
  rowsBefore(part: number): ReadonlyMap<string, ReadonlySet<number>> {
    const start = this.#cuts[part - 1];
    const rows = new Map<string, Set<number>>();
    if (start === undefined) return rows;
    const add = ({ chunkId, row }: Cell): void => {
      const known = rows.get(chunkId);
      if (known === undefined) rows.set(chunkId, new Set([row]));
      else known.add(row);
    };
    const cells = new Map<string, Cell>();
    for (const latest of this.#latest.slice(0, part)) for (const [key, cell] of latest) cells.set(key, cell);
    for (const [key, cell] of cells) if (this.#atStart[part]?.has(key) !== true) add(cell);
    for (const video of this.#videos.values()) video.before(start, isLater).forEach(add);
    for (const { hasFrames, cells: transforms } of this.#transforms.values())
      if (hasFrames) transforms.filter(({ time }) => time < start).forEach(add);
    return rows;
  }
}

function isLater(cell: Cell, other: Cell): boolean {
  if (cell.time > other.time) return true;
  return cell.time === other.time && compareRowIds(cell.rowIds, 0, other.rowIds, 0) > 0;
}
