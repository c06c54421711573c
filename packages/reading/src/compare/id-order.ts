import { hasSortedIds } from "../store/has-sorted-ids.ts";
import type { ChunkData } from "../store/chunk-data.ts";

/** Follows the ids of the rows of an entity, chunk after chunk. */
export class IdOrder {
  /** The greatest ids so far, by the names of the timelines. Rows can only have the same times if these are equal. */
  readonly #newest = new Map<string, string>();

  /**
   * Adds the next chunk. Returns whether its rows are in the order of their ids, and have later ids than all earlier
   * rows that may have the same times.
   *
   * @param timelineNames the names of the timelines that count
   */
  add(chunk: ChunkData, timelineNames: string): boolean {
    const { rows } = chunk;
    const isSorted = hasSortedIds(chunk);
    const newest = this.#newest.get(timelineNames) ?? "";
    const isInOrder = isSorted && (rows === 0 || chunk.rowId(0) >= newest);
    let last = newest;
    for (let row = isSorted ? Math.max(0, rows - 1) : 0; row < rows; row++) {
      const id = chunk.rowId(row);
      if (id > last) last = id;
    }
    this.#newest.set(timelineNames, last);
    return isInOrder;
  }
}
