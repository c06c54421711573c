type Random = (below: number) => number;

/** Numbers at which parsers go wrong. */
const NUMBERS = [
  0,
  1,
  2,
  7,
  8,
  16,
  127,
  128,
  255,
  256,
  32767,
  32768,
  65535,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
];
const MAX_BYTES = 16 * 1024;

/** A damaged copy of bytes: changed, truncated, moved, or mixed with another input or with words of the format. */
export function mutated(bytes: Uint8Array, other: Uint8Array, words: readonly string[], random: Random): Uint8Array {
  let result = Buffer.from(bytes);
  for (let count = 1 << random(4); count > 0; count--) result = mutateOnce(result, other, words, random);
  return result.subarray(0, MAX_BYTES);
}

function mutateOnce(bytes: Buffer, other: Uint8Array, words: readonly string[], random: Random): Buffer<ArrayBuffer> {
  const at = random(bytes.length + 1);
  const to = Math.min(bytes.length, at + random(random(4) === 0 ? bytes.length + 1 : 16));
  const copy = Buffer.from(bytes);
  const insert = (piece: Uint8Array): Buffer<ArrayBuffer> =>
    Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(random(2) === 0 ? at : to)]);
  switch (random(8)) {
    case 0:
      if (at < copy.length) copy[at] = (copy[at] as number) ^ (1 << random(8));
      return copy;
    case 1:
      if (at < copy.length) copy[at] = random(256);
      return copy;
    case 2:
      return writeNumber(copy, at, random);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
    case 4:
      return insert(bytes.subarray(at, to));
    case 5:
      return insert(other.subarray(random(other.length + 1)).subarray(0, 1 + random(64)));
    case 6:
      return insert(Buffer.from(words[random(words.length)] ?? String.fromCharCode(random(256)), "latin1"));
    default:
      return random(4) === 0 ? Buffer.from(bytes.subarray(0, at)) : insert(Buffer.from([random(256)]));
  }
}

function writeNumber(bytes: Buffer<ArrayBuffer>, at: number, random: Random): Buffer<ArrayBuffer> {
  const width = [1, 2, 4, 8][random(4)] as number;
  if (at + width > bytes.length) return bytes;
  const number = BigInt(NUMBERS[random(NUMBERS.length)] as number) * (random(4) === 0 ? -1n : 1n);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = random(2) === 0;
  if (width === 1) view.setUint8(at, Number(number & 255n));
  else if (width === 2) view.setUint16(at, Number(number & 65535n), isLittle);
  else if (width === 4) view.setUint32(at, Number(number & 0xffffffffn), isLittle);
  else view.setBigInt64(at, BigInt.asIntN(64, number), isLittle);
  return bytes;
}
