import { RerunError } from "../errors.ts";

/**
 * Decompresses a raw LZ4 block to exactly `size` bytes.
 * @throws {RerunError} `FORMAT` if the block is damaged or has another size
 */
export function lz4Decode(block: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  // A byte of a block yields at most 255 bytes: a false size must not allocate gigabytes.
  if (size > block.byteLength * 255) throw damaged();
  const target = new Uint8Array(size);
  let from = 0;
  let at = 0;
  while (from < block.byteLength) {
    const token = block[from++] as number;
    let literals = token >> 4;
    if (literals === 15) [literals, from] = readLength(block, from, literals);
    if (from + literals > block.byteLength || at + literals > size) throw damaged();
    target.set(block.subarray(from, from + literals), at);
    from += literals;
    at += literals;
    if (from === block.byteLength) break;

    const distance = (block[from] as number) | ((block[from + 1] ?? 0) << 8);
    from += 2;
    let length = token & 15;
    if (length === 15) [length, from] = readLength(block, from, length);
    length += 4;
    if (distance === 0 || distance > at || at + length > size) throw damaged();
    if (distance >= length) {
      target.copyWithin(at, at - distance, at - distance + length);
      at += length;
    } else {
      for (const end = at + length; at < end; at++) target[at] = target[at - distance] as number;
    }
  }
  if (at !== size) throw damaged();
  return target;
}

function readLength(block: Uint8Array, from: number, length: number): [length: number, from: number] {
  for (;;) {
    const byte = block[from++];
    if (byte === undefined) throw damaged();
    length += byte;
    if (byte !== 255) return [length, from];
  }
}

function damaged(): RerunError {
  return new RerunError("FORMAT", "the LZ4 block is damaged, or its size differs from the one in the message");
}
