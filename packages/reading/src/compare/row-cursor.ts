import type { ComparedChunk } from "./compared-chunk.ts";
import { IdOrder } from "./id-order.ts";

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
  readonly #order = new IdOrder();

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
    this.isInOrder = chunk.isNextIn(this.#order);
  }
}
