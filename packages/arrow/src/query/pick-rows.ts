import type { Cells } from "./cells.ts";
import type { PreparedColumn } from "./prepare.ts";
import { EMPTY_SOURCE, NULL_SOURCE, RunSlicer, Runs } from "../arrays/runs.ts";

/** Finds the cells of one column, batch by batch. */
export class RowPicker {
  readonly #column: PreparedColumn;
  readonly #cells: CellCursor;
  /** The cells that fill; `undefined` if a row without a cell is null. */
  readonly #fill: CellCursor | undefined;
  /** The cells in order, if there is one for each row. */
  readonly #aligned: RunSlicer;

  constructor(column: PreparedColumn, isFilled: boolean) {
    this.#column = column;
    this.#cells = new CellCursor(column.cells);
    this.#aligned = new RunSlicer(column.cells.runs);
    this.#fill = isFilled ? new CellCursor(column.fillCells) : undefined;
  }

  /** Places of the cells of rows, which follow those of the call before. */
  pick(keys: Float64Array): Runs {
    const { constant, isAligned } = this.#column;
    if (isAligned) return this.#aligned.take(keys.length);
    const runs = new Runs(keys.length);
    if (constant === undefined) for (const key of keys) this.#pickRow(key, runs);
    else for (let row = 0; row < keys.length; row++) runs.push(constant.source, constant.row, 1);
    return runs;
  }

  #pickRow(key: number, runs: Runs): void {
    if (this.#cells.moveTo(key)) return runs.push(this.#cells.source, this.#cells.row, 1);
    const fill = this.#fill;
    fill?.moveTo(key);
    // Nothing comes back after a clear.
    if (fill === undefined || fill.source < 0 || this.#column.values[fill.source] === undefined)
      return runs.push(NULL_SOURCE, 0, 1);
    runs.push(fill.source, fill.row, 1);
  }
}

/** Goes through cells, in their order. */
class CellCursor {
  /** The source of the cell; {@link NULL_SOURCE} before the first one. */
  source: number = NULL_SOURCE;
  row = 0;
  readonly #cells: Cells;
  #at = -1;
  /** The run of the cell, and how many cells there are up to the end of that. */
  #run = -1;
  #runEnd = 0;

  constructor(cells: Cells) {
    this.#cells = cells;
  }

  /** Goes to the last cell whose key is at most `key`. Returns whether it is equal. */
  moveTo(key: number): boolean {
    const { keys, runs } = this.#cells;
    const before = this.#at;
    while (this.#at + 1 < keys.length && (keys[this.#at + 1] as number) <= key) this.#at++;
    if (this.#at !== before) {
      while (this.#at >= this.#runEnd) this.#runEnd += runs.counts[++this.#run] as number;
      this.source = runs.sources[this.#run] as number;
      const end = (runs.starts[this.#run] as number) + (runs.counts[this.#run] as number);
      this.row = end - (this.#runEnd - this.#at);
    }
    return this.#at >= 0 && keys[this.#at] === key;
  }
}

/** The rows to take from the values of a column. A row that clears is an empty list. */
export function rowsToTake(picks: Runs, { values }: PreparedColumn): Runs {
  if (!values.includes(undefined)) return picks;
  const runs = new Runs(picks.size);
  for (let run = 0; run < picks.size; run++) {
    const source = picks.sources[run] as number;
    const isCleared = source >= 0 && values[source] === undefined;
    runs.push(isCleared ? EMPTY_SOURCE : source, picks.starts[run] as number, picks.counts[run] as number);
  }
  return runs;
}
