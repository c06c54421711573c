import { checkGrowth } from "@rerun-ts/core/checks";

/** The size that even the smallest group of rows may have without compression. */
const MAX_BYTES = 2 ** 30;

/** The sizes of a group of rows, whose columns are in memory together. */
export class GroupSizes {
  readonly #columns = new Set<object>();
  #stored = 0;
  #size = 0;

  /**
   * Adds the pages of a column, once.
   *
   * @param stored the number of their bytes in the file
   * @param size the number of their bytes without compression
   * @throws {RerunError} `INVALID_FORMAT` if the group is far larger without compression
   */
  add(column: object, stored: number, size: number): void {
    if (this.#columns.has(column)) return;
    this.#columns.add(column);
    this.#stored += stored;
    this.#size += size;
    checkGrowth(this.#stored, this.#size, MAX_BYTES);
  }
}
