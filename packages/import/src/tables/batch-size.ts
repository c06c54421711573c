/** The size at which a batch ends before it has `batchRows`: a chunk with images, for example, would have gigabytes. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/** The number of rows of the next batch, at least one: `most`, or as many as are not too large together. */
export function rowsOfBatch(columns: readonly ArrayLike<unknown>[], from: number, most: number): number {
  let bytes = 0;
  for (let row = 0; row < most; row++) {
    for (const values of columns) bytes += sizeOf(values[from + row]);
    if (bytes > MAX_BATCH_BYTES) return Math.max(1, row);
  }
  return most;
}

/** Whether texts of this many characters are enough for a batch. */
export function isFull(characters: number): boolean {
  return characters >= MAX_BATCH_BYTES;
}

/** The approximate size of a value in bytes. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let bytes = 8;
  for (const part of Array.isArray(value) ? value : Object.values(value)) bytes += sizeOf(part);
  return bytes;
}
