// Variable-length integers of protobuf. Source: the wire format, protobuf.dev/programming-guides/encoding.

/** Protobuf's wire type of fields that hold bytes, strings and messages. */
export const LENGTH_DELIMITED = 2;

/** Writes an integer from 0 to 2^53 - 1 at `at`. Returns the position after it. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  while (value > 0x7f) {
    target[at++] = (value & 0x7f) | 0x80;
    value = Math.floor(value / 128);
  }
  target[at++] = value;
  return at;
}

/** The number of bytes that {@link writeVarint} writes. */
export function varintLength(value: number): number {
  let length = 1;
  for (; value > 0x7f; value = Math.floor(value / 128)) length++;
  return length;
}
