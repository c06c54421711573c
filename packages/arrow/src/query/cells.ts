import type { Data } from "apache-arrow";
import { isValid } from "../store/describe-chunk.ts";

/** What a chunk has in one column. */
export interface CellSource {
  /** The keys of its rows on the index. */
  readonly keys: Float64Array;
  /** Its row ids: 16 bytes each. */
  readonly rowIds: Uint8Array;
  /** The values; `undefined` for rows that clear the column. */
  readonly values: Data | undefined;
  /** Which rows count; default all that are not null. */
  readonly rows?: readonly number[] | undefined;
}

/** The cells of a column: at most one for each key, in the order of keys. */
export interface Cells {
  readonly keys: Float64Array;
  /** Where each cell is: the position of its source. */
  readonly sources: Int32Array;
  /** The row of each cell in its source. */
  readonly rows: Int32Array;
}

/** Collects the cells of a column. Of several with one key that with the greatest row id is kept. */
export function collectCells(all: readonly CellSource[]): Cells {
  const keys: number[] = [];
  const sources: number[] = [];
  const rows: number[] = [];
  let isSorted = true;
  for (const [source, cell] of inOrder(all)) {
    const { values, keys: own } = cell;
    const count = cell.rows?.length ?? own.length;
    for (let index = 0; index < count; index++) {
      const row = cell.rows?.[index] ?? index;
      if (values !== undefined && values.nullCount > 0 && !isValid(values, row)) continue;
      const key = own[row] as number;
      if (keys.length > 0 && key <= (keys[keys.length - 1] as number)) isSorted = false;
      keys.push(key);
      sources.push(source);
      rows.push(row);
    }
  }
  const found = isSorted ? undefined : sortCells(all, keys, sources, rows);
  const take = (values: readonly number[]): Int32Array =>
    found === undefined ? Int32Array.from(values) : Int32Array.from(found, (at) => values[at] as number);
  return {
    keys: found === undefined ? Float64Array.from(keys) : Float64Array.from(found, (at) => keys[at] as number),
    sources: take(sources),
    rows: take(rows),
  };
}

/** The sources, those with the smallest keys first, which mostly makes the cells sorted. */
function inOrder(all: readonly CellSource[]): readonly (readonly [number, CellSource])[] {
  return [...all.entries()].sort((a, b) => (a[1].keys[0] ?? 0) - (b[1].keys[0] ?? 0));
}

/** The positions of the cells in the order of keys, without those that another one with the same key hides. */
function sortCells(
  all: readonly CellSource[],
  keys: readonly number[],
  sources: readonly number[],
  rows: readonly number[],
): readonly number[] {
  const compareIds = (a: number, b: number): number =>
    compareRowIds(
      (all[sources[a] as number] as CellSource).rowIds,
      rows[a] as number,
      (all[sources[b] as number] as CellSource).rowIds,
      rows[b] as number,
    );
  // A row that clears its own column does not hide the value in it: sources that clear come last.
  const order = Uint32Array.from(keys, (_, index) => index).sort(
    (a, b) =>
      (keys[a] as number) - (keys[b] as number) || compareIds(a, b) || (sources[b] as number) - (sources[a] as number),
  );
  const kept: number[] = [];
  for (const at of order) {
    if (kept.length > 0 && keys[kept[kept.length - 1] as number] === keys[at]) kept[kept.length - 1] = at;
    else kept.push(at);
  }
  return kept;
}

/** Compares two row ids of 16 bytes each. */
export function compareRowIds(a: Uint8Array, rowA: number, b: Uint8Array, rowB: number): number {
  for (let index = 0; index < 16; index++) {
    const difference = (a[rowA * 16 + index] as number) - (b[rowB * 16 + index] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The position of the last cell whose key is at most `key`, going on from `from`; -1 if there is none. */
export function lastUpTo(keys: Float64Array, key: number, from: number): number {
  let at = from;
  while (at + 1 < keys.length && (keys[at + 1] as number) <= key) at++;
  return at;
}
