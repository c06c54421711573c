const PRIME1 = 0x9e3779b185ebca87n;
const PRIME2 = 0xc2b2ae3d27d4eb4fn;
const PRIME3 = 0x165667b19e3779f9n;
const PRIME4 = 0x85ebca77c2b2ae63n;
const PRIME5 = 0x27d4eb2f165667c5n;

/**
 * The XXH64 hash of `bytes`, unsigned. Meant for short strings only, because the function computes with bigints. Sums
 * and products may exceed 64 bits: the excess bits are removed before each right shift. Source: the xxHash
 * specification, github.com/Cyan4973/xxHash.
 */
export function xxh64(bytes: Uint8Array, seed: bigint): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.byteLength;
  const lanes = [seed + PRIME1 + PRIME2, seed + PRIME2, seed, seed - PRIME1];
  let hash = seed + PRIME5;
  let at = 0;
  for (; at + 32 <= length; at += 32)
    for (const [index, lane] of lanes.entries()) lanes[index] = round(lane, view.getBigUint64(at + index * 8, true));
  if (at > 0) {
    hash = lanes.reduce((sum, lane, index) => sum + rotl(lane, [1n, 7n, 12n, 18n][index] as bigint), 0n);
    for (const lane of lanes) hash = (hash ^ round(0n, lane)) * PRIME1 + PRIME4;
  }
  hash += BigInt(length);
  for (; at + 8 <= length; at += 8) hash = rotl(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * PRIME1 + PRIME4;
  if (at + 4 <= length) {
    hash = rotl(hash ^ (BigInt(view.getUint32(at, true)) * PRIME1), 23n) * PRIME2 + PRIME3;
    at += 4;
  }
  for (; at < length; at++) hash = rotl(hash ^ (BigInt(view.getUint8(at)) * PRIME5), 11n) * PRIME1;
  hash = wrap(hash);
  hash = wrap((hash ^ (hash >> 33n)) * PRIME2);
  hash = wrap((hash ^ (hash >> 29n)) * PRIME3);
  return hash ^ (hash >> 32n);
}

function round(accumulator: bigint, input: bigint): bigint {
  return rotl(accumulator + input * PRIME2, 31n) * PRIME1;
}

function rotl(value: bigint, bits: bigint): bigint {
  const low = wrap(value);
  return (low << bits) | (low >> (64n - bits));
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
