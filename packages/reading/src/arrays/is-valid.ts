import type { Data } from "apache-arrow";

/** Whether a row is not null. */
export function isValid({ nullBitmap, offset }: Data, row: number): boolean {
  // Reads the bitmap, because apache-arrow computes `nullCount` from the type at each call.
  const bitmap = nullBitmap as Uint8Array | undefined;
  if (bitmap === undefined || bitmap.length === 0) return true;
  const at = offset + row;
  return (((bitmap[at >> 3] as number) >> (at & 7)) & 1) === 1;
}
