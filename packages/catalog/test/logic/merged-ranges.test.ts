import { describe, expect, it } from "vitest";
import { mergedRanges } from "../../dist/merged-ranges.js";

const MIB = 1024 * 1024;

interface Chunk {
  readonly direct: { readonly url: string; readonly etag?: string; readonly offset: number; readonly length: number };
}

const chunkAt = (offset: number, length: number, url = "https://a/1", etag?: string): Chunk => ({
  direct: { url, offset, length, ...(etag === undefined ? {} : { etag }) },
});

const rangesOf = (...chunks: Chunk[]): unknown[] =>
  mergedRanges(chunks as never).map(({ start, end, chunks: own }) => [start, end, own.length]);

describe("mergedRanges", () => {
  it("reads neighbours in one range, and a gap along up to a quarter of the mean size", () => {
    expect(rangesOf(chunkAt(300, 100), chunkAt(0, 100), chunkAt(125, 100))).toEqual([
      [0, 225, 2],
      [300, 400, 1],
    ]);
    expect(rangesOf(chunkAt(0, 100), chunkAt(126, 100))).toHaveLength(2);
  });

  it("covers chunks that lie in each other", () => {
    expect(rangesOf(chunkAt(0, 100), chunkAt(10, 20), chunkAt(90, 30))).toEqual([[0, 120, 3]]);
  });

  it("has at most 16 MiB in a range, unless it is one chunk", () => {
    expect(rangesOf(chunkAt(0, 8 * MIB), chunkAt(8 * MIB, 8 * MIB), chunkAt(16 * MIB, 1))).toEqual([
      [0, 16 * MIB, 2],
      [16 * MIB, 16 * MIB + 1, 1],
    ]);
    expect(rangesOf(chunkAt(0, 20 * MIB))).toEqual([[0, 20 * MIB, 1]]);
  });

  it("joins no ranges of two files, or of two versions of one file", () => {
    expect(rangesOf(chunkAt(0, 10), chunkAt(10, 10, "https://a/2"))).toHaveLength(2);
    expect(rangesOf(chunkAt(0, 10, "https://a/1", "x"), chunkAt(10, 10, "https://a/1", "y"))).toHaveLength(2);
    expect(mergedRanges([chunkAt(0, 10, "https://a/1", "x")] as never)).toMatchObject([
      { url: "https://a/1", etag: "x" },
    ]);
  });
});
