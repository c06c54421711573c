/** The number of digits of a chunk's id in a schema. */
export const ID_DIGITS = 32;
/** The bit of small letters, which digits have as well. */
const SMALL = 0x20;

/** Whether the bytes of an id are hexadecimal digits. */
export function hasDigits(bytes: Uint8Array, place: number): boolean {
  for (let at = place; at < place + ID_DIGITS; at++) {
    const code = (bytes[at] as number) | SMALL;
    const isDigit = (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
    if (!isDigit || (code <= 0x39 && bytes[at] !== code)) return false;
  }
  return true;
}
