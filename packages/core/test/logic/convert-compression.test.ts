import { describe, expect, it } from "vitest";
import { ArrayCollector } from "../../dist/arrow/array-collector.js";
import { IpcStream } from "../../dist/arrow/ipc-stream.js";
import { planSearch, type KnownMethod } from "../../dist/compress/compression.js";
import { lz4Decode } from "../../dist/compress/lz4-decode.js";
import { COPY, lz4Bound, Lz4Encoder, SEARCH } from "../../dist/compress/lz4-encode.js";

const ROWS = 5000;
const encoder = new Lz4Encoder();

/** A message with a column for each of `buffers`, which have elements of 64 bits. */
function streamOf(...buffers: readonly (BigInt64Array | Float64Array)[]): IpcStream {
  const arrays = new ArrayCollector();
  for (const { buffer } of buffers) {
    arrays.node(ROWS, 0);
    arrays.buffer(new Uint8Array(buffer), 8);
  }
  return new IpcStream(new Uint8Array(64), undefined, arrays, ROWS);
}

/** The compressed length of a message, and of each element of its buffers. */
function compressedSizes(stream: IpcStream): { planned: number; searched: number } {
  const source = new Uint8Array(stream.byteLength);
  stream.write(source, 0);
  const sizeWith = (sections: Parameters<Lz4Encoder["compress"]>[1]): number => {
    const target = new Uint8Array(lz4Bound(source.byteLength));
    const block = target.subarray(0, encoder.compress(source, sections, target, 0));
    expect(lz4Decode(block, source.byteLength)).toEqual(source);
    return block.byteLength;
  };
  const planned = planSearch(stream, encoder);
  if (planned === undefined) throw new Error("the message is not compressed");
  return { planned: sizeWith(planned), searched: sizeWith([{ end: source.byteLength, stride: SEARCH }]) };
}

const steps = BigInt64Array.from({ length: ROWS }, (_, row) => BigInt(row * 3));

describe("planSearch", () => {
  it("compares neighbours where that saves as much as a search", () => {
    const sections = planSearch(streamOf(steps), encoder);
    expect(sections?.at(-1)?.stride).toBe(8);
    const { planned, searched } = compressedSizes(streamOf(steps));
    expect(planned).toBeLessThan(searched * 1.02);
  });

  it("compares neighbours of times with noise, of which a search finds no more", () => {
    const times = BigInt64Array.from(
      steps,
      (step) => step * 10_000_000n + BigInt(Math.floor(Math.random() * 16_000_000)),
    );
    const sections = planSearch(streamOf(times), encoder);
    expect(sections?.at(-1)?.stride).toBe(8);
    const { planned, searched } = compressedSizes(streamOf(times));
    expect(planned).toBeLessThan(searched * 1.02);
  });

  it("searches small buffers of noise without a sample, and copies large ones", () => {
    const noise = Float64Array.from({ length: ROWS }, () => Math.random());
    const methods = (length: number): readonly (number | undefined)[] =>
      planSearch(streamOf(steps, noise.slice(0, length)), encoder)?.map(({ stride }) => stride) ?? [];
    expect(methods(4000)).toEqual([SEARCH, 8, SEARCH]);
    expect(methods(ROWS)).toEqual([SEARCH, 8, COPY]);
  });

  it("finds the times of a second timeline that are those of the first", () => {
    const one = compressedSizes(streamOf(steps)).planned;
    expect(compressedSizes(streamOf(steps, steps.slice())).planned).toBeLessThan(one * 1.1);
  });

  it("searches values that repeat, although neighbours have much in common", () => {
    const values = Float64Array.from({ length: ROWS }, (_, row) => 1 + ((row * 7) % 16) / 16);
    const { planned, searched } = compressedSizes(streamOf(values));
    expect(planned).toBe(searched);
  });

  it("plans like messages once, until some of them have passed", () => {
    const cache = { plans: [], uses: 0 };
    const noise = Float64Array.from({ length: ROWS }, (_, row) => Math.sin(row * row) * 1e-3);
    const strideOf = (values: BigInt64Array | Float64Array): number | undefined =>
      planSearch(streamOf(steps, values), encoder, cache)?.at(-1)?.stride;
    expect(strideOf(noise)).toBe(COPY);
    const later = Array.from({ length: 8 }, () => strideOf(steps));
    expect(later.slice(0, 7)).toEqual(Array.from({ length: 7 }, () => COPY));
    expect(later[7]).not.toBe(COPY);
  });

  it("compares neighbours as for another entity, unless the values begin otherwise", () => {
    const known: KnownMethod[] = [];
    const methodsOf = (values: BigInt64Array | Float64Array): readonly (number | undefined)[] => {
      const cache = { plans: [], uses: 0 };
      return planSearch(streamOf(values), encoder, cache, known)?.map(({ stride }) => stride) ?? [];
    };
    const noise = Float64Array.from({ length: ROWS }, () => Math.random());
    const repeated = Float64Array.from({ length: ROWS }, (_, row) => (row * 7) % 16);
    expect(methodsOf(steps)).toEqual([SEARCH, 8]);
    // Only the first elements are looked at.
    expect(methodsOf(steps.map((step, row) => (row < ROWS / 4 ? step : step % 16n)))).toEqual([SEARCH, 8]);
    expect(methodsOf(repeated)).toEqual([SEARCH]);
    expect(methodsOf(noise)).toEqual([]);
  });
});
