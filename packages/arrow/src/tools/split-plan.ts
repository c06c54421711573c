import type { ChunkData } from "../store/chunk-data.ts";
import { compareRowIds } from "../query/cells.ts";
import { isValid } from "../store/describe-chunk.ts";

/** A cell: the row of a chunk, and its time. */
interface Cell {
  readonly time: bigint;
  readonly rowIds: Uint8Array;
  readonly chunkId: string;
  readonly row: number;
}

/** Finds which rows before a part it needs, so that it begins with the latest value of every component. */
export class SplitPlan {
  /** The first time of each part but the first. */
  readonly #cuts: readonly bigint[];
  readonly #timeline: string;
  /** For each part, the last cell of each component in it. */
  readonly #latest: Map<string, Cell>[];

  constructor(timeline: string, cuts: readonly bigint[]) {
    this.#timeline = timeline;
    this.#cuts = cuts;
    this.#latest = Array.from({ length: cuts.length + 1 }, () => new Map<string, Cell>());
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
    const times = this.timesOf(chunk);
    if (times === undefined) return;
    const { rowIds, id: chunkId } = chunk;
    for (const column of chunk.layout.components) {
      const values = chunk.values(column);
      const key = `${store}\0${chunk.entityPath}\0${column.name}`;
      for (let row = 0; row < times.length; row++) {
        if (!isValid(values, row)) continue;
        const time = times[row] as bigint;
        const latest = this.#latest[this.partOf(time)] as Map<string, Cell>;
        const cell = { time, rowIds: rowIds.slice(row * 16, row * 16 + 16), chunkId, row };
        if (isLater(cell, latest.get(key))) latest.set(key, cell);
      }
    }
  }

  /** The rows before a part that it begins with, by the ids of their chunks. */
  rowsBefore(part: number): ReadonlyMap<string, ReadonlySet<number>> {
    const cells = new Map<string, Cell>();
    for (const latest of this.#latest.slice(0, part)) for (const [key, cell] of latest) cells.set(key, cell);
    const rows = new Map<string, Set<number>>();
    for (const { chunkId, row } of cells.values()) {
      const known = rows.get(chunkId);
      if (known === undefined) rows.set(chunkId, new Set([row]));
      else known.add(row);
    }
    return rows;
  }
}

function isLater(cell: Cell, other: Cell | undefined): boolean {
  if (other === undefined || cell.time > other.time) return true;
  return cell.time === other.time && compareRowIds(cell.rowIds, 0, other.rowIds, 0) > 0;
}
