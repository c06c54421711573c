const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00] as const;
/** The longest number in the encoding LEB128 of 32 bits. */
const MAX_LENGTH_BYTES = 5;

/**
 * Whether bytes are a WebAssembly module whose last section ends where the bytes end. Source: the binary format of
 * WebAssembly 1.0, section 5.5.
 */
export function isWholeWasm(bytes: Uint8Array): boolean {
  if (bytes.byteLength <= MAGIC.length || MAGIC.some((byte, index) => bytes[index] !== byte)) return false;
  let at: number = MAGIC.length;
  while (at < bytes.byteLength) {
    // The kind of the section, the length of its contents, and the contents.
    let [size, factor, byte] = [0, 1, 0x80];
    for (let count = 0; byte >= 0x80; count++) {
      at++;
      if (count === MAX_LENGTH_BYTES) return false;
      byte = bytes[at] ?? 0;
      size += (byte & 0x7f) * factor;
      factor *= 0x80;
    }
    at += 1 + size;
  }
  return at === bytes.byteLength;
}
