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
  /** The chunks with static rows that were met. */
  readonly staticChunks: ComparedChunk[] = [];
  readonly #chunks: AsyncIterator<ComparedChunk, void>;
  #chunk: ComparedChunk | undefined;
  #row = 0;

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
      else [this.#chunk, this.#row] = [chunk, 0];
    }
  }

  /** A row that was read, and all behind it. */
  async rest(first: ComparedRow | undefined): Promise<readonly ComparedRow[]> {
    const rows: ComparedRow[] = [];
    for (let row = first; row !== undefined; row = this.nextInChunk() ?? (await this.next())) rows.push(row);
    return rows;
  }
}
