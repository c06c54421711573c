import type { ChunkData } from "./chunk-data.ts";

/** Whether no id of a row is less than the one before. Compares words, because large integers would be objects. */
export function hasSortedIds({ rowIds, rows }: Pick<ChunkData, "rowIds" | "rows">): boolean {
  const words = new DataView(rowIds.buffer, rowIds.byteOffset, rows * 16);
  for (let row = 16; row < words.byteLength; row += 16) {
    let at = row;
    // Consecutive ids usually differ in the last word only.
    while (at < row + 12 && words.getUint32(at) === words.getUint32(at - 16)) at += 4;
    if (words.getUint32(at) < words.getUint32(at - 16)) return false;
  }
  return true;
}
