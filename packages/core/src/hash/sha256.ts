/**
 * The first 32 bits of the fractional parts of the cube roots of the first 64 primes. They are computed for the first
 * digest: a page that starts needs none.
 */
let rounds: Int32Array | undefined;

/** The SHA-256 digest of `bytes`. Synchronous, unlike the platform's. Source: FIPS 180-4. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // The message is padded to blocks of 64 bytes: a one bit, zeros, and the length in bits.
  const rest = bytes.subarray(bytes.byteLength & -64);
  const tail = new DataView(new ArrayBuffer(rest.byteLength < 56 ? 64 : 128));
  new Uint8Array(tail.buffer).set(rest);
  tail.setUint8(rest.byteLength, 0x80);
  tail.setUint32(tail.byteLength - 8, bytes.byteLength / 0x20000000);
  tail.setUint32(tail.byteLength - 4, bytes.byteLength << 3);
  rounds ??= fractions(64, 1 / 3);
  const state = fractions(8, 1 / 2);
  addBlocks(state, rounds, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength - rest.byteLength));
  addBlocks(state, rounds, tail);
  const digest = new DataView(new ArrayBuffer(32));
  for (const [index, word] of state.entries()) digest.setInt32(index * 4, word);
  return new Uint8Array(digest.buffer);
}

/** Adds whole blocks. Each assignment truncates to 32 bits, so the engine computes with integers instead of doubles. */
function addBlocks(state: Int32Array, constants: Int32Array, view: DataView): void {
  const words = new Int32Array(64);
  for (let at = 0; at < view.byteLength; at += 64) {
    let a = state[0] as number;
    let b = state[1] as number;
    let c = state[2] as number;
    let d = state[3] as number;
    let e = state[4] as number;
    let f = state[5] as number;
    let g = state[6] as number;
    let h = state[7] as number;
    for (let index = 0; index < 64; index++) {
      let word = 0;
      if (index < 16) {
        word = view.getInt32(at + index * 4);
      } else {
        const near = words[index - 2] as number;
        const far = words[index - 15] as number;
        const mixed = (rotr(near, 17) ^ rotr(near, 19) ^ (near >>> 10)) + (rotr(far, 7) ^ rotr(far, 18) ^ (far >>> 3));
        word = (mixed + (words[index - 7] as number) + (words[index - 16] as number)) | 0;
      }
      words[index] = word;
      const choice = (e & f) ^ (~e & g);
      const sum = (h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + choice + (constants[index] as number) + word) | 0;
      const majority = (a & b) ^ (a & c) ^ (b & c);
      h = g;
      g = f;
      f = e;
      e = (d + sum) | 0;
      d = c;
      c = b;
      b = a;
      a = (sum + (rotr(b, 2) ^ rotr(b, 13) ^ rotr(b, 22)) + majority) | 0;
    }
    for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index] as number) + word;
  }
}

function rotr(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits));
}

/** The first 32 bits of the fractional parts of a power of each of the first `count` primes. */
function fractions(count: number, exponent: number): Int32Array {
  const words = new Int32Array(count);
  for (let found = 0, candidate = 2; found < count; candidate++) {
    let factor = 2;
    while (candidate % factor !== 0) factor++;
    if (factor === candidate) words[found++] = (candidate ** exponent % 1) * 2 ** 32;
  }
  return words;
}
