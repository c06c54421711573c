import { describe, expect, it } from "vitest";
import { lz4Decode } from "../../dist/compress/lz4-decode.js";
import { COPY, lz4Bound, Lz4Encoder, SEARCH } from "../../dist/compress/lz4-encode.js";

type Section = Parameters<Lz4Encoder["compress"]>[1][number];

function compress(bytes: Uint8Array, sections: readonly Section[]): Uint8Array {
  const target = new Uint8Array(lz4Bound(bytes.byteLength));
  return target.subarray(0, new Lz4Encoder().compress(bytes, sections, target, 0));
}

const search = (bytes: Uint8Array): Uint8Array => compress(bytes, [{ end: bytes.byteLength, stride: SEARCH }]);

/** Pseudo-random bytes, the same in every run. */
function random(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

describe("Lz4Encoder and lz4Decode", () => {
  it.each([0, 1, 4, 11, 12, 13, 17, 64, 255, 4096, 70_000])(
    "restore %d bytes of noise, zeros and patterns",
    (length) => {
      const inputs = [
        new Uint8Array(length),
        random(length, 1),
        Uint8Array.from({ length }, (_, index) => index & 0xff),
        Uint8Array.from({ length }, (_, index) => (index % 7 === 0 ? index >> 3 : 5)),
        random(length, 2).map((byte) => byte & 1),
      ];
      for (const input of inputs) {
        const block = search(input);
        expect(block.byteLength).toBeLessThanOrEqual(lz4Bound(length));
        expect(lz4Decode(block, length)).toEqual(input);
      }
    },
  );

  it.each([
    [2, 0.51],
    [4, 0.59],
    [5, 0.67],
  ])("find repetitions in pixels of %d grey levels", (levels, ratio) => {
    const pixels = random(300_000, 4).map((byte) => byte % levels);
    const block = search(pixels);
    expect(block.byteLength).toBeLessThan(pixels.byteLength * ratio);
    expect(lz4Decode(block, pixels.byteLength)).toEqual(pixels);
  });

  it("compress sections with different methods", () => {
    const counters = new BigInt64Array(10_000).map((_, index) => BigInt(index));
    const numbers = new Uint8Array(counters.buffer);
    const noise = random(20_000, 3);
    const input = new Uint8Array([...numbers, ...noise, ...numbers]);
    const block = compress(input, [
      { end: numbers.byteLength, stride: 8 },
      { end: numbers.byteLength + noise.byteLength, stride: COPY },
      { end: input.byteLength, stride: SEARCH },
    ]);
    expect(block.byteLength).toBeLessThan(input.byteLength * 0.65);
    expect(lz4Decode(block, input.byteLength)).toEqual(input);
  });

  it("continue after a beginning that inputs share, of which the first bytes differ", () => {
    const encoder = new Lz4Encoder();
    const beginnings = [
      new TextEncoder().encode("rerun.archetypes.Points3D, rerun.components.Position3D, ".repeat(20)),
      random(1000, 5),
      random(600, 6).map((byte) => byte & 1),
      new Uint8Array(9),
    ];
    for (const shared of beginnings) {
      const inputs = [0, 1, 5, 13, 400, 2000].map((length) => {
        const rest = shared.slice(shared.byteLength >> 1, (shared.byteLength >> 1) + length);
        return new Uint8Array([...random(8, length), ...shared, ...random(38, length), ...rest, ...new Uint8Array(20)]);
      });
      const end = 8 + shared.byteLength;
      const target = new Uint8Array(8192);
      const prefix = encoder.compressPrefix(inputs[0] as Uint8Array, end, target);
      for (const input of inputs) {
        const sections = [{ end: input.byteLength, stride: SEARCH }];
        const block = target.slice(0, encoder.compress(input, sections, target, 0, prefix));
        expect(lz4Decode(block, input.byteLength)).toEqual(input);
        expect(block.byteLength).toBeLessThanOrEqual(search(input).byteLength + 8);
      }
    }
  });

  it("end a block with at least 12 literals, as the format requires", () => {
    const block = search(new Uint8Array(1000));
    // One literal, one long match, then a token and at least 12 literals.
    expect(block.at(-13)).toBe(12 << 4);
  });

  it("reject damaged blocks and wrong sizes", () => {
    const input = random(500, 4).map((byte) => byte & 3);
    const block = search(input);
    for (const size of [0, 499, 501, 1e9]) expect(() => lz4Decode(block, size)).toThrow(/LZ4 block is damaged/);
    for (let length = 0; length < block.byteLength; length += 7) {
      expect(() => lz4Decode(block.subarray(0, length), input.byteLength)).toThrow(/LZ4 block is damaged/);
    }
    expect(() => lz4Decode(Uint8Array.of(0x10, 1, 9, 0), 6)).toThrow(/damaged/);
  });
});
