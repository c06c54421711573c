import type { ChunkData } from "./chunk-data.ts";

/** Whether no id of a row is less than the one before. Compares signed words: larger integers would be objects. */
export function hasSortedIds({ rowIds, rows }: Pick<ChunkData, "rowIds" | "rows">): boolean {
  const words = new DataView(rowIds.buffer, rowIds.byteOffset, rows * 16);
  const end = rows * 16;
  let [first, second, third, fourth] = [0, 0, 0, 0];
  // Written out, because a loop over the words takes three times as long.
  for (let at = 0; at < end; at += 16) {
    const a = words.getInt32(at);
    const b = words.getInt32(at + 4);
    const c = words.getInt32(at + 8);
    const d = words.getInt32(at + 12);
    const isLess =
      a !== first
        ? isBelow(a, first)
        : b !== second
          ? isBelow(b, second)
          : c !== third
            ? isBelow(c, third)
            : isBelow(d, fourth);
    if (isLess) return false;
    first = a;
    second = b;
    third = c;
    fourth = d;
  }
  return true;
}

/** Compares signed words as unsigned ones. */
function isBelow(a: number, b: number): boolean {
  return a >>> 0 < b >>> 0;
}
