import { TimeColumn } from "../time/time-column.ts";
import { CellColumn } from "./chunk-builder.ts";

/**
 * Checked and converted columns, not yet split into chunks.
 *
 * All columns have the same number of rows. Times are sorted by the names of their timelines. Rows without times are
 * static. Components are in the order of the call.
 */
export interface ColumnTable {
  /** The number of rows. */
  readonly rows: number;
  readonly times: readonly TimeColumn[];
  readonly cells: readonly CellColumn[];
}

/**
 * Sorts rows as the native SDKs number them: by the first timeline, where that is equal by the second, and so on. Rows
 * at the same times keep their order. A table that is sorted already is returned unchanged.
 */
export function sortByTime(table: ColumnTable): ColumnTable {
  // The usual case: times that increase on all timelines.
  if (table.times.every((time) => time.isSorted)) return table;
  const keys = table.times.map(({ bytes }) => new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2));
  if (isSorted(keys, table.rows)) return table;
  const order = Uint32Array.from({ length: table.rows }, (_, row) => row).sort(
    (a, b) => compareRows(keys, a, b) || a - b,
  );
  return {
    rows: table.rows,
    times: table.times.map((time, index) => reorderTimes(time, keys[index] as Int32Array, order)),
    cells: table.cells.map((column) => reorderCells(column, order)),
  };
}

function isSorted(keys: readonly Int32Array[], rows: number): boolean {
  for (let row = 1; row < rows; row++) if (compareRows(keys, row - 1, row) > 0) return false;
  return true;
}

/** Compares two rows by all timelines. Times are 64-bit integers in two halves, the low one first. */
function compareRows(keys: readonly Int32Array[], a: number, b: number): number {
  for (const halves of keys) {
    const high = (halves[a * 2 + 1] as number) - (halves[b * 2 + 1] as number);
    if (high !== 0) return high;
    const low = ((halves[a * 2] as number) >>> 0) - ((halves[b * 2] as number) >>> 0);
    if (low !== 0) return low;
  }
  return 0;
}

function reorderTimes({ name, kind }: TimeColumn, halves: Int32Array, order: Uint32Array): TimeColumn {
  const sorted = new Int32Array(halves.length);
  for (let row = 0; row < order.length; row++) {
    const from = order[row] as number;
    sorted[row * 2] = halves[from * 2] as number;
    sorted[row * 2 + 1] = halves[from * 2 + 1] as number;
  }
  return TimeColumn.fromBytes(name, kind, new Uint8Array(sorted.buffer));
}

function reorderCells({ field, cells }: CellColumn, order: Uint32Array): CellColumn {
  const sorted = new CellColumn(field);
  for (const row of order) sorted.cells.appendFrom(cells, row, row + 1);
  return sorted;
}
