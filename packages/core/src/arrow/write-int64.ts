/** Writes an integer as 64 bits, little-endian. Its magnitude must be below 2^53. */
export function writeInt64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true);
  view.setInt32(at + 4, Math.floor(value / 4294967296), true);
}
