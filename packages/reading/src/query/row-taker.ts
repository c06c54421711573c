import type { ResolvedCells } from "./resolve-cells.ts";
import type { PreparedColumn } from "./prepare-query.ts";
import { EMPTY_SOURCE, NULL_SOURCE, RowRangeSlicer, RowRanges } from "../arrays/row-ranges.ts";

/** Finds the cells of one column, batch by batch. */
export class RowTaker {
  readonly #column: PreparedColumn;
  readonly #cells: CellCursor;
  /** The cells that fill nulls. `undefined` if a row without a cell is null. */
  readonly #fill: CellCursor | undefined;
  /** The cells in order, if there is one for each row. */
  readonly #aligned: RowRangeSlicer;

  constructor(column: PreparedColumn, isFilled: boolean) {
    this.#column = column;
    this.#cells = new CellCursor(column.cells);
    this.#aligned = new RowRangeSlicer(column.cells.ranges);
    this.#fill = isFilled ? new CellCursor(column.fillCells) : undefined;
  }

  /** Places of the cells of rows. The keys must follow those of the previous call. */
  take(keys: Float64Array): RowRanges {
    const { constant, hasCellForEachRow } = this.#column;
    if (hasCellForEachRow) return this.#aligned.take(keys.length);
    const ranges = new RowRanges(keys.length);
    if (constant === undefined) for (const key of keys) this.#takeRow(key, ranges);
    else for (let row = 0; row < keys.length; row++) ranges.push(constant.source, constant.row, 1);
    return ranges;
  }

  #takeRow(key: number, ranges: RowRanges): void {
    if (this.#cells.moveTo(key)) return ranges.push(this.#cells.source, this.#cells.row, 1);
    const fill = this.#fill;
    fill?.moveTo(key);
    // After a clear there is nothing to fill with.
    if (fill === undefined || fill.source < 0 || this.#column.values[fill.source] === undefined)
      return ranges.push(NULL_SOURCE, 0, 1);
    ranges.push(fill.source, fill.row, 1);
  }
}

/** Goes through cells, in their order. */
class CellCursor {
  /** The source of the cell. {@link NULL_SOURCE} before the first one. */
  source: number = NULL_SOURCE;
  row = 0;
  readonly #cells: ResolvedCells;
  #at = -1;
  /** The range of the cell, and how many cells there are up to the end of that. */
  #range = -1;
  #rangeEnd = 0;

  constructor(cells: ResolvedCells) {
    this.#cells = cells;
  }

  /** Moves to the last cell whose key is at most `key`. Returns whether the two are equal. */
  moveTo(key: number): boolean {
    const { keys, ranges } = this.#cells;
    const before = this.#at;
    while (this.#at + 1 < keys.length && (keys[this.#at + 1] as number) <= key) this.#at++;
    if (this.#at !== before) {
      while (this.#at >= this.#rangeEnd) this.#rangeEnd += ranges.counts[++this.#range] as number;
      this.source = ranges.sources[this.#range] as number;
      const end = (ranges.starts[this.#range] as number) + (ranges.counts[this.#range] as number);
      this.row = end - (this.#rangeEnd - this.#at);
    }
    return this.#at >= 0 && keys[this.#at] === key;
  }
}

/** The rows to take from the values of a column. A row that clears is an empty list. */
export function rowsToTake(taken: RowRanges, { values }: PreparedColumn): RowRanges {
  if (!values.includes(undefined)) return taken;
  const ranges = new RowRanges(taken.size);
  for (let range = 0; range < taken.size; range++) {
    const source = taken.sources[range] as number;
    const isCleared = source >= 0 && values[source] === undefined;
    ranges.push(isCleared ? EMPTY_SOURCE : source, taken.starts[range] as number, taken.counts[range] as number);
  }
  return ranges;
}
