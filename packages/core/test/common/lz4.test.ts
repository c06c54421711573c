import * as rrd from "@rerun-ts/core/rrd";
import { describe, expect, it } from "vitest";
import * as decoder from "../../dist/compress/lz4-decode.js";
import { COPY, lz4Bound, Lz4Encoder, SEARCH } from "../../dist/compress/lz4-encode.js";

type Section = Parameters<Lz4Encoder["compress"]>[1][number];

/** On Node the bundle uses WebAssembly, the modules do not. In pages both are the modules. */
const IMPLEMENTATIONS = [
  { title: "the modules", ...decoder, Lz4Encoder },
  { title: "the bundle", ...rrd },
];

/** Pseudo-random bytes, the same in every run. */
function random(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);
}

describe.each(IMPLEMENTATIONS)(
  "Lz4Encoder and lz4Decode of $title",
  ({ Lz4Encoder: Encoder, lz4Decode, lz4DecodeInto }) => {
    const compress = (bytes: Uint8Array, sections: readonly Section[]): Uint8Array => {
      const target = new Uint8Array(lz4Bound(bytes.byteLength));
      return target.subarray(0, new Encoder().compress(bytes, sections, target, 0));
    };
    const search = (bytes: Uint8Array): Uint8Array => compress(bytes, [{ end: bytes.byteLength, stride: SEARCH }]);

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

    it("restore megabytes of any kind, also behind other bytes and in memory that threads share", () => {
      const MIB = 1024 * 1024;
      const noise = random(300_000, 7);
      const pixels = random(2 * MIB + 77, 8).map((byte) => byte & 3);
      const copies = new Uint8Array(3 * MIB);
      copies.set(noise.subarray(0, 60_000));
      // Matches that do not end with the parts in which WebAssembly searches.
      for (let at = 60_000; at < copies.byteLength; at++) copies[at] = copies[at - 60_000] as number;
      const text = new TextEncoder().encode("/world/robot/joint_".repeat(9000));
      const inputs: [string, Uint8Array, number][] = [
        ["pixels", pixels, 0.6],
        ["zeros", new Uint8Array(3 * MIB), 0.005],
        ["far copies", copies, 0.03],
        // More literals than are kept for the next part.
        ["noise, then pixels", new Uint8Array([...noise, ...pixels]), 0.67],
        ["pixels, then noise and text", new Uint8Array([...pixels.subarray(0, MIB), ...noise, ...text]), 0.7],
      ];
      for (const [name, input, ratio] of inputs) {
        const size = input.byteLength;
        // Most pages have no memory that threads share.
        const Memory = "SharedArrayBuffer" in globalThis ? SharedArrayBuffer : ArrayBuffer;
        const shared = new Uint8Array(new Memory(size + 8)).subarray(8);
        shared.set(input);
        const block = search(shared);
        expect(block.byteLength, name).toBeLessThan(size * ratio);
        for (const { lz4Decode: decode } of [rrd, decoder]) expect(equal(decode(block, size), input), name).toBe(true);
        // Sections with other methods before and between.
        const [third, half] = [Math.trunc(size / 3), size >> 1];
        const sections = [
          { end: third, stride: COPY },
          { end: half, stride: SEARCH },
          { end: half + 8, stride: 8 },
          { end: size, stride: SEARCH },
        ];
        const target = new Uint8Array(20 + size).fill(9);
        expect(lz4DecodeInto(compress(input, sections), target, 20), name).toBe(target.byteLength);
        expect(equal(target.subarray(20), input), name).toBe(true);
        expect(target.subarray(0, 20).every((byte) => byte === 9)).toBe(true);
      }
    });

    it("refer to bytes before the block, as the frames of other programs do", () => {
      const before = random(70_000, 9);
      const target = new Uint8Array([...before, ...new Uint8Array(200_000)]);
      // Matches of 100,000 bytes at the largest distance, each after one literal.
      const match = [0x1f, 7, 0xff, 0xff, ...new Uint8Array(392).fill(255), 21];
      const block = Uint8Array.from([...match, ...match.slice(0, -1), 0, 0xc0, ...new Uint8Array(12)]);
      const end = lz4DecodeInto(block, target, 70_000);
      const expected = [...before];
      for (const length of [100_000, 99_979]) {
        expected.push(7);
        for (let index = 0; index < length; index++) expected.push(expected[expected.length - 65_535] as number);
      }
      expected.push(...new Uint8Array(12));
      expect(end).toBe(expected.length);
      expect(equal(target.subarray(0, end), Uint8Array.from(expected))).toBe(true);
    });

    it("continue after a beginning that inputs share, of which the first bytes differ", () => {
      const encoder = new Encoder();
      const beginnings = [
        new TextEncoder().encode("rerun.archetypes.Points3D, rerun.components.Position3D, ".repeat(20)),
        random(1000, 5),
        random(600, 6).map((byte) => byte & 1),
        new Uint8Array(9),
      ];
      for (const shared of beginnings) {
        const inputs = [0, 1, 5, 13, 400, 2000].map((length) => {
          const rest = shared.slice(shared.byteLength >> 1, (shared.byteLength >> 1) + length);
          return new Uint8Array([
            ...random(8, length),
            ...shared,
            ...random(38, length),
            ...rest,
            ...new Uint8Array(20),
          ]);
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

    it("reject what a large block has too much or too little, and read or write nothing beyond", () => {
      const input = random(1_500_000, 10).map((byte) => byte & 3);
      const block = search(input);
      for (const size of [0, 1_048_576, 1_499_999, 1_500_001, 1_600_000])
        expect(() => lz4Decode(block, size)).toThrow(/LZ4 block is damaged/);
      for (const length of [127, 128, 129, 60_000, block.byteLength - 13, block.byteLength - 1])
        expect(() => lz4Decode(block.subarray(0, length), input.byteLength)).toThrow(/LZ4 block is damaged/);
      const memory = new Uint8Array(1_000_100).fill(9);
      expect(() => lz4DecodeInto(block, memory.subarray(50, 1_000_050), 0)).toThrow(/LZ4 block is damaged/);
      for (const margin of [memory.subarray(0, 50), memory.subarray(1_000_050)])
        expect(margin.every((byte) => byte === 9)).toBe(true);
      // A distance of 0, one before the beginning, and lengths that never end.
      const literals = [0xff, ...new Uint8Array(900).fill(255), 0];
      for (const damage of [[0x10, 1, 0, 0], [0x10, 1, 2, 0], literals, [0x1f, 1, 1, 0, ...literals.slice(1, -1)]]) {
        const damaged = Uint8Array.from([...damage, ...new Uint8Array(500).fill(255)]);
        expect(() => lz4Decode(damaged, 100_000)).toThrow(/LZ4 block is damaged/);
      }
    });
  },
);
