import type { ChunkData } from "../store/chunk-data.ts";
import type { ChunkInfo, ComponentColumn } from "../store/chunk-info.ts";
import { isValid } from "../arrays/is-valid.ts";
import type { StoreIndex } from "../store/store-index.ts";

/** The component that clears an entity, and with `true` also the entities below it. */
const COMPONENT = "Clear:is_recursive";

/** A chunk with clears that touch a column, and the rows that do. */
export interface Clears {
  readonly chunk: ChunkData;
  readonly rows: readonly number[];
}

/** The chunks whose clears on a timeline could affect one of these columns. */
export function clearChunks(store: StoreIndex, columns: readonly ComponentColumn[], timeline: string): ChunkInfo[] {
  const clearing = new Set<string>();
  for (const { component, entityPath, isStatic } of store.columns) {
    // A static clear only hides the clears with times, as any static value does, and clears nothing itself.
    if (component === COMPONENT && !isStatic && columns.some((column) => isWithin(column.entityPath, entityPath)))
      clearing.add(entityPath);
  }
  if (clearing.size === 0) return [];
  return store.chunks.filter(
    (chunk) => clearing.has(chunk.entityPath) && chunk.components.has(COMPONENT) && chunk.timelines.has(timeline),
  );
}

/** The clears that touch a column. */
export function clearsOf(column: ComponentColumn, chunks: readonly ChunkData[]): readonly Clears[] {
  return chunks
    .filter(({ entityPath }) => isWithin(column.entityPath, entityPath))
    .map((chunk) => ({ chunk, rows: clearingRows(chunk, chunk.entityPath !== column.entityPath) }))
    .filter(({ rows }) => rows.length > 0);
}

/** The rows that clear. With `mustBeRecursive`, only those that also clear the entities below. */
function clearingRows(chunk: ChunkData, mustBeRecursive: boolean): readonly number[] {
  const column = chunk.layout.components.find(({ name }) => name === COMPONENT);
  if (column === undefined) return [];
  const lists = chunk.values(column);
  const flags = lists.children[0];
  const offsets = lists.valueOffsets as Int32Array;
  const rows: number[] = [];
  for (let row = 0; row < chunk.rows; row++) {
    const at = offsets[row] as number;
    if (flags === undefined || !isValid(lists, row) || at === offsets[row + 1]) continue;
    const isRecursive = (((flags.values as Uint8Array)[at >> 3] as number) >> (at & 7)) & 1;
    if (isRecursive === 1 || !mustBeRecursive) rows.push(row);
  }
  return rows;
}

/** Whether an entity is `ancestor` or below it. */
function isWithin(entityPath: string, ancestor: string): boolean {
  return ancestor === "/" || entityPath === ancestor || entityPath.startsWith(`${ancestor}/`);
}
