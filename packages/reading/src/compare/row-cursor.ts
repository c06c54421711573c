import type { ComparedChunk } from "./compared-chunk.ts";

/** A row of a chunk. */
export interface ComparedRow {
  readonly chunk: ComparedChunk;
  readonly row: number;
}

/** Steps through the rows of chunks. Static rows are set aside: only the latest ones count. */
export class RowCursor {
  /** Number of rows that were met. */
  numRows = 0;
  /**
   * Whether the rows of the chunk at hand are in the order of their ids, and have later ids than all earlier rows that
   * may have the same times.
   */
  isInOrder = true;
  /** The chunks with static rows that were met. */
  readonly staticChunks: ComparedChunk[] = [];
  readonly #chunks: AsyncIterator<ComparedChunk, void>;
  #chunk: ComparedChunk | undefined;
  #row = 0;
  /** The greatest ids so far, by the names of the timelines. Rows can only have the same times if these are equal. */
  readonly #newest = new Map<string, string>();

  constructor(chunks: AsyncIterator<ComparedChunk, void>) {
    this.#chunks = chunks;
  }

  /** The next row of the chunk at hand. Without waiting, because a chunk may have many rows. */
  nextInChunk(): ComparedRow | undefined {
    const chunk = this.#chunk;
    return chunk === undefined || this.#row >= chunk.numRows ? undefined : { chunk, row: this.#row++ };
  }

  /** The next row with times. */
  async next(): Promise<ComparedRow | undefined> {
    for (;;) {
      const row = this.nextInChunk();
      if (row !== undefined) return row;
      const { value: chunk, done } = await this.#chunks.next();
      if (done === true) return undefined;
      this.numRows += chunk.numRows;
      if (chunk.isStatic) this.staticChunks.push(chunk);
      else this.#begin(chunk);
    }
  }

  /** A row that was read, and all behind it. `isInOrder` tells whether all their chunks are in order. */
  async rest(
    first: ComparedRow | undefined,
  ): Promise<{ readonly rows: readonly ComparedRow[]; readonly isInOrder: boolean }> {
    const rows: ComparedRow[] = [];
    let isInOrder = true;
    for (let row = first; row !== undefined; row = this.nextInChunk() ?? (await this.next())) {
      rows.push(row);
      isInOrder &&= this.isInOrder;
    }
    return { rows, isInOrder };
  }

  #begin(chunk: ComparedChunk): void {
    [this.#chunk, this.#row] = [chunk, 0];
    const { hasSortedIds, numRows, timelineNames } = chunk;
    const newest = this.#newest.get(timelineNames) ?? "";
    this.isInOrder = hasSortedIds && (numRows === 0 || chunk.rowId(0) >= newest);
    let last = newest;
    for (let row = hasSortedIds ? Math.max(0, numRows - 1) : 0; row < numRows; row++)
      if (chunk.rowId(row) > last) last = chunk.rowId(row);
    this.#newest.set(timelineNames, last);
  }
}
