/** The same bytes with room for at least `size`, and for as many again if they had to move. */
export function growingBytes(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  if (size <= bytes.byteLength) return bytes;
  const larger = new Uint8Array(2 * size);
  larger.set(bytes);
  return larger;
}

/**
 * Copies bits.
 *
 * @param from where the bits are, or `undefined` for ones
 * @param start the first bit
 * @param at the first bit in `target`. The bits behind the copied ones may be changed
 */
export function copyBits(
  from: Uint8Array | undefined,
  start: number,
  target: Uint8Array,
  at: number,
  count: number,
): void {
  for (let index = 0; index < count; index++) {
    const bit = from === undefined ? 1 : ((from[(start + index) >> 3] as number) >> ((start + index) & 7)) & 1;
    const byte = (at + index) >> 3;
    const mask = 1 << ((at + index) & 7);
    const before = target[byte] as number;
    target[byte] = bit === 1 ? before | mask : before & ~mask;
  }
}
