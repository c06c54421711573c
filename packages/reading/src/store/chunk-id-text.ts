/** The digits of an id. */
const DIGITS = 32;
const A = 0x41;
/** The bit of small letters. */
const SMALL = 0x20;
const UPPER = /* @__PURE__ */ digitCodes("0123456789ABCDEF");
const LOWER = /* @__PURE__ */ digitCodes("0123456789abcdef");

const text = /* @__PURE__ */ new Uint8Array(DIGITS);
const latin1 = /* @__PURE__ */ new TextDecoder("latin1");

/**
 * An id of 16 bytes as Rerun prints it: the time in upper case, the counter in lower case. The string is flat. A
 * concatenated string takes several times as much memory, and an index may have a million ids.
 */
export function chunkIdOfBytes(bytes: Uint8Array, offset: number): string {
  for (let index = 0; index < DIGITS; index += 2) {
    const codes = index < DIGITS / 2 ? UPPER : LOWER;
    const byte = bytes[offset + index / 2] as number;
    text[index] = codes[byte >> 4] as number;
    text[index + 1] = codes[byte & 15] as number;
  }
  return latin1.decode(text);
}

/**
 * An id of 32 digits in Rerun's form. The digits are copied from the schema's bytes, because a substring of the
 * schema's text would keep all of that text in memory, a kilobyte or two for each chunk.
 */
export function chunkIdOfDigits(digits: Uint8Array): string {
  for (let index = 0; index < DIGITS; index++) {
    const code = digits[index] as number;
    // Upper-case and lower-case letters differ in one bit, which digits have in common with lower-case letters.
    text[index] = code < A ? code : index < DIGITS / 2 ? code & ~SMALL : code | SMALL;
  }
  return latin1.decode(text);
}

function digitCodes(digits: string): Uint8Array {
  return Uint8Array.from(digits, (digit) => digit.charCodeAt(0));
}
