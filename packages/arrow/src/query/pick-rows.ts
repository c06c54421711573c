import type { PreparedColumn } from "./prepare.ts";
import { EMPTY_SOURCE, NULL_SOURCE, Runs } from "./runs.ts";

/** For each row of a batch, where the cell of a column is: the position of its source, -1 for null, and its row. */
export interface Picks {
  readonly sources: Int32Array;
  readonly rows: Int32Array;
}

/** Finds the cells of one column, batch by batch. */
export class RowPicker {
  readonly #column: PreparedColumn;
  readonly #isFilled: boolean;
  /** The last cell up to the row before, of the cells and of those that fill. */
  #at = -1;
  #fillAt = -1;

  constructor(column: PreparedColumn, isFilled: boolean) {
    this.#column = column;
    this.#isFilled = isFilled;
  }

  /** The cells of rows, which follow those of the call before. */
  pick(keys: Float64Array): Picks {
    const { constant } = this.#column;
    const sources = new Int32Array(keys.length).fill(constant?.source ?? NULL_SOURCE);
    const rows = new Int32Array(keys.length).fill(constant?.row ?? 0);
    if (constant === undefined)
      for (let row = 0; row < keys.length; row++) this.#pickRow(keys[row] as number, row, sources, rows);
    return { sources, rows };
  }

  #pickRow(key: number, row: number, sources: Int32Array, rows: Int32Array): void {
    const { cells, fillCells, values } = this.#column;
    while (this.#at + 1 < cells.keys.length && (cells.keys[this.#at + 1] as number) <= key) this.#at++;
    if (this.#at >= 0 && cells.keys[this.#at] === key) {
      sources[row] = cells.sources[this.#at] as number;
      rows[row] = cells.rows[this.#at] as number;
      return;
    }
    if (!this.#isFilled) return;
    while (this.#fillAt + 1 < fillCells.keys.length && (fillCells.keys[this.#fillAt + 1] as number) <= key)
      this.#fillAt++;
    if (this.#fillAt < 0) return;
    const source = fillCells.sources[this.#fillAt] as number;
    // Nothing comes back after a clear.
    if (values[source] === undefined) return;
    sources[row] = source;
    rows[row] = fillCells.rows[this.#fillAt] as number;
  }
}

/** The ranges of rows that picks are. A row that clears is an empty list. */
export function runsOf({ sources, rows }: Picks, { values }: PreparedColumn): Runs {
  const runs = new Runs();
  for (let row = 0; row < sources.length; row++) {
    const source = sources[row] as number;
    if (source < 0) runs.push(NULL_SOURCE, 0, 1);
    else if (values[source] === undefined) runs.push(EMPTY_SOURCE, 0, 1);
    else runs.push(source, rows[row] as number, 1);
  }
  return runs;
}
