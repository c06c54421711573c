/** The characters that HTML changes or reads as markup inside of a script element, and the one that stands for them. */
const ESCAPED = [0x00, 0x0d, 0x3c, 0x7f] as const;
const ESCAPE = 0x7f;
/** The character behind {@link ESCAPE} for the first of {@link ESCAPED}: `0`. */
const FIRST_CODE = 0x30;
const UNIT_BITS = 7;
const UNIT_MASK = 0x7f;
const BYTE_BITS = 8;

/**
 * Bytes as ASCII text of 7 bits in a character, for a script element of a page. The text is 1.18 times as long as
 * compressed bytes, while base64 takes 1.33. Pages decode it as {@link UNPACK_TEXT} does.
 */
export function toSevenBitText(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // Every character may need an escape.
  const text = new Uint8Array(2 * Math.ceil((bytes.byteLength * BYTE_BITS) / UNIT_BITS));
  let length = 0;
  const append = (unit: number): void => {
    const code = ESCAPED.indexOf(unit as (typeof ESCAPED)[number]);
    if (code < 0) text[length++] = unit;
    else {
      text[length++] = ESCAPE;
      text[length++] = FIRST_CODE + code;
    }
  };
  let [bits, count] = [0, 0];
  for (const byte of bytes) {
    bits = (bits << BYTE_BITS) | byte;
    count += BYTE_BITS;
    while (count >= UNIT_BITS) {
      count -= UNIT_BITS;
      append((bits >> count) & UNIT_MASK);
    }
    bits &= (1 << count) - 1;
  }
  if (count > 0) append((bits << (UNIT_BITS - count)) & UNIT_MASK);
  return text.slice(0, length);
}

/** The function `unpackText(text, byteLength)` of a page: the bytes of a text of {@link toSevenBitText}. */
export const UNPACK_TEXT: string = `function unpackText(text, byteLength) {
  const units = new TextEncoder().encode(text);
  const bytes = new Uint8Array(byteLength);
  let bits = 0, count = 0, length = 0;
  for (let at = 0; at < units.length; at++) {
    let unit = units[at];
    if (unit === ${ESCAPE}) unit = [${ESCAPED.join(", ")}][units[++at] - ${FIRST_CODE}];
    bits = (bits << ${UNIT_BITS}) | unit;
    count += ${UNIT_BITS};
    if (count >= ${BYTE_BITS}) {
      count -= ${BYTE_BITS};
      bytes[length++] = bits >> count;
      bits &= (1 << count) - 1;
    }
  }
  if (length !== byteLength) throw new Error("a part of this page is damaged or truncated");
  return bytes;
}`;
