import type { Data } from "apache-arrow";
import { isValid } from "../arrays/is-valid.ts";
import { countBefore, orderOf, type Keys } from "./index-keys.ts";
import { RowRanges } from "../arrays/row-ranges.ts";
import { sortPositions } from "./sort-positions.ts";

/** Data of a chunk in one column. */
export interface ChunkSlice {
  /** The keys of the rows on the index. */
  readonly keys: Keys;
  /** The row ids, 16 bytes each. */
  readonly rowIds: Uint8Array;
  /** The values. `undefined` for rows that clear the column. */
  readonly values: Data | undefined;
  /** The positions of the rows that count. Default: all rows that are not null. */
  readonly rows?: ArrayLike<number> | undefined;
  /** Whether `rows` come from {@link latestRows}, so that they are in order and not null. */
  readonly areLatest?: boolean | undefined;
}

/** The cells of a column: at most one for each key, in the order of keys. */
export interface ResolvedCells {
  readonly keys: Float64Array;
  /** Places of cells: their sources, and the rows in these. */
  readonly ranges: RowRanges;
}

/** Cells one by one, in any order. */
interface UnsortedCells {
  readonly keys: Float64Array;
  readonly sources: Int32Array;
  readonly rows: Int32Array;
}

/** Collects the cells of a column. Of several cells with one key, the one with the greatest row id remains. */
export function resolveCells(all: readonly ChunkSlice[]): ResolvedCells {
  const ordered = inOrder(all);
  const simple = simpleCells(ordered);
  if (simple !== undefined) return simple;
  const cells = allCells(ordered);
  const order = orderOf(cells.keys);
  if (order === "rising") return { keys: cells.keys, ranges: rangesOf(cells) };
  const positions = Uint32Array.from(cells.keys, (_, index) => index);
  if (order === "none") sortPositions(positions, cells.keys);
  const kept = withoutHidden(all, cells, positions);
  const keys = new Float64Array(kept.length).map((_, at) => cells.keys[kept[at] as number] as number);
  return { keys, ranges: rangesOf(cells, kept) };
}

/** The cells of sources that follow each other, if all rows of these sources are cells. Otherwise `undefined`. */
function simpleCells(ordered: readonly (readonly [number, ChunkSlice])[]): ResolvedCells | undefined {
  let size = 0;
  let last = -Infinity;
  for (const [, { values, keys, rows, areLatest }] of ordered) {
    const isWhole = rows === undefined && (values === undefined || values.nullCount === 0);
    if (!(isWhole || areLatest === true) || keys.order !== "rising") return undefined;
    const length = (rows ?? keys.values).length;
    if (length === 0) continue;
    if ((keys.values[rows?.[0] ?? 0] as number) <= last) return undefined;
    last = keys.values[rows?.[length - 1] ?? length - 1] as number;
    size += length;
  }
  const ranges = new RowRanges(ordered.some(([, { rows }]) => rows !== undefined) ? size : ordered.length);
  const [first] = ordered;
  if (ordered.length === 1 && first !== undefined && first[1].rows === undefined) {
    ranges.push(first[0], 0, size);
    return { keys: first[1].keys.values, ranges };
  }
  const keys = new Float64Array(size);
  for (const [source, { keys: sourceKeys, rows }] of ordered) {
    if (rows === undefined) {
      keys.set(sourceKeys.values, ranges.length);
      ranges.push(source, 0, sourceKeys.values.length);
    } else addRows(source, sourceKeys.values, rows, keys, ranges);
  }
  return { keys, ranges };
}

/** Adds the cells in some rows of a source, and their keys. */
function addRows(
  source: number,
  own: Float64Array,
  rows: ArrayLike<number>,
  keys: Float64Array,
  ranges: RowRanges,
): void {
  const at = ranges.length;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number;
    keys[at + index] = own[row] as number;
    ranges.push(source, row, 1);
  }
}

function rangesOf({ sources, rows }: UnsortedCells, positions?: Uint32Array): RowRanges {
  const count = positions?.length ?? sources.length;
  const ranges = new RowRanges(count);
  for (let index = 0; index < count; index++) {
    const at = positions === undefined ? index : (positions[index] as number);
    ranges.push(sources[at] as number, rows[at] as number, 1);
  }
  return ranges;
}

/** The cells of all sources, one source after the other. */
function allCells(ordered: readonly (readonly [number, ChunkSlice])[]): UnsortedCells {
  const size = ordered.reduce((sum, [, { rows, keys }]) => sum + (rows ?? keys.values).length, 0);
  const keys = new Float64Array(size);
  const sources = new Int32Array(size);
  const rows = new Int32Array(size);
  let count = 0;
  for (const [source, { values, keys: ownKeys, rows: chosen }] of ordered) {
    const sourceKeys = ownKeys.values;
    const start = count;
    if (chosen === undefined && (values === undefined || values.nullCount === 0)) {
      keys.set(sourceKeys, start);
      count += sourceKeys.length;
      for (let row = 0; row < sourceKeys.length; row++) rows[start + row] = row;
    } else {
      const length = (chosen ?? sourceKeys).length;
      for (let index = 0; index < length; index++) {
        const row = chosen === undefined ? index : (chosen[index] as number);
        if (values !== undefined && !isValid(values, row)) continue;
        keys[count] = sourceKeys[row] as number;
        rows[count++] = row;
      }
    }
    sources.fill(source, start, count);
  }
  return { keys: keys.subarray(0, count), sources: sources.subarray(0, count), rows: rows.subarray(0, count) };
}

/** The sources, sorted by their smallest keys, so that the cells are mostly sorted. */
function inOrder(all: readonly ChunkSlice[]): readonly (readonly [number, ChunkSlice])[] {
  return [...all.entries()].sort((a, b) => firstKey(a[1]) - firstKey(b[1]));
}

function firstKey({ keys, rows }: ChunkSlice): number {
  return keys.values[rows?.[0] ?? 0] ?? 0;
}

/**
 * The rows of a source that can be the latest one at a key of `wanted`, in order. `undefined` if all of them can be.
 * With few wanted keys, this skips most rows.
 */
export function latestRows(
  { keys: { values: keys, order }, values, rows }: ChunkSlice,
  wanted: Float64Array,
): Int32Array | undefined {
  if (order !== "rising" || values === undefined || rows !== undefined) return undefined;
  // Keys before the first row have no cell. All keys after the last row have the same cell, so the first of them is
  // enough.
  const first = countBefore(wanted, keys[0] ?? 0);
  const end = Math.min(countBefore(wanted, keys.at(-1) ?? 0) + 1, wanted.length);
  if (end - first >= keys.length) return undefined;
  const foundRows = new Int32Array(Math.max(end - first, 0));
  const hasNulls = values.nullCount > 0;
  let count = 0;
  let latestRow = -1;
  for (let index = first; index < end; index++) {
    const before = latestRow;
    latestRow = lastUpTo(keys, wanted[index] as number, latestRow);
    let row = latestRow;
    // The rows up to `before` belong to the previous key, whose latest row is already in `foundRows`.
    if (hasNulls) while (row > before && !isValid(values, row)) row--;
    if (row > before) foundRows[count++] = row;
  }
  return foundRows.subarray(0, count);
}

/**
 * The position of the last key that is at most `key`, from the position `from` on. Returns `from`, which may be -1, if
 * there is none.
 */
function lastUpTo(keys: Float64Array, key: number, from: number): number {
  let low = from;
  let step = 1;
  while (low + step < keys.length && (keys[low + step] as number) <= key) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, keys.length);
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as number) <= key) low = middle;
    else high = middle;
  }
  return low;
}

/** The positions, in the order of keys, without cells that another cell with the same key hides. */
function withoutHidden(
  slices: readonly ChunkSlice[],
  { keys, sources, rows }: UnsortedCells,
  positions: Uint32Array,
): Uint32Array {
  const hides = (a: number, b: number): boolean => {
    const [sourceA, sourceB] = [sources[a] as number, sources[b] as number];
    const { rowIds: idsA } = slices[sourceA] as ChunkSlice;
    const { rowIds: idsB } = slices[sourceB] as ChunkSlice;
    const order = compareRowIds(idsA, rows[a] as number, idsB, rows[b] as number);
    // A row that clears its own column does not hide the value in it, because sources of clears come last.
    return order > 0 || (order === 0 && sourceA <= sourceB);
  };
  let count = 0;
  for (const position of positions) {
    const last = count === 0 ? undefined : (positions[count - 1] as number);
    if (last === undefined || keys[last] !== keys[position]) positions[count++] = position;
    else if (hides(position, last)) positions[count - 1] = position;
  }
  return positions.subarray(0, count);
}

/** Compares two row ids of 16 bytes each. */
export function compareRowIds(a: Uint8Array, rowA: number, b: Uint8Array, rowB: number): number {
  for (let index = 0; index < 16; index++) {
    const difference = (a[rowA * 16 + index] as number) - (b[rowB * 16 + index] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
