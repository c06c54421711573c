import { describe, expect, it } from "vitest";
import { Scalars } from "@rerun-ts/types";
import { SchemaCache } from "../../../dist/store/schema-cache.js";
import { ChunkJoiner, type JoinedKind } from "../../../dist/tools/chunk-joiner.js";
import { EdgeTimes } from "../../../dist/tools/edge-times.js";
import type { ChunkLimits } from "../../../dist/tools/optimize-options.js";
import { SmallChunkReader } from "../../../dist/tools/small-chunk-reader.js";
import { arrowOf, record } from "../chunks.ts";
import { NO_LIMITS } from "./entries.ts";

/** Chunks of one row each, at some times. */
function chunksAt(times: readonly number[]): Uint8Array[] {
  return arrowOf(
    record((recording) => {
      for (const time of times) {
        recording.setTime("frame", time);
        recording.log("a", new Scalars(time));
      }
    }, 0),
  );
}

/** Joins chunks of one kind. Returns the entries, and how many of the chunks were taken. */
function join(
  chunks: readonly Uint8Array[],
  limits: Partial<ChunkLimits>,
  sourceOf: (index: number) => number = () => 0,
): { kind: JoinedKind; taken: number } {
  const joiner = new ChunkJoiner({ ...NO_LIMITS, ...limits });
  const reader = new SmallChunkReader<JoinedKind>(new SchemaCache());
  const kind: JoinedKind = { entries: [], times: new EdgeTimes(1) };
  let taken = 0;
  for (const [index, arrow] of chunks.entries()) {
    const chunk = reader.read(arrow);
    if (chunk === undefined) throw new Error("the chunk cannot be read");
    if (joiner.take(kind, chunk, sourceOf(index), { offset: index, length: 1 })) taken++;
  }
  joiner.finish();
  return { kind, taken };
}

const rowsOf = ({ kind }: ReturnType<typeof join>): number[] => kind.entries.map(({ rows }) => rows);
const upwards = Array.from({ length: 60 }, (_, row) => row);

describe("ChunkJoiner", () => {
  it("joins sorted rows up to an eighth of the rows of a chunk", () => {
    const joined = join(chunksAt(upwards), { maxRows: 160, maxRowsIfUnsorted: 80 });
    expect(rowsOf(joined)).toEqual([20, 20, 20]);
    expect(joined.kind.entries.every(({ isSorted }) => isSorted)).toBe(true);
    expect(rowsOf(join(chunksAt(upwards), {}))).toEqual([60]);
  });

  it("joins rows that are not sorted by time only up to an eighth of the limit for these", () => {
    const joined = join(chunksAt(upwards.toReversed()), { maxRows: 400, maxRowsIfUnsorted: 80 });
    expect(rowsOf(joined)).toEqual([10, 10, 10, 10, 10, 10]);
    expect(joined.kind.entries.some(({ isSorted }) => isSorted)).toBe(false);
    // The limit for all rows counts for these, too.
    expect(rowsOf(join(chunksAt(upwards.toReversed()), { maxRows: 240, maxRowsIfUnsorted: 800 }))).toEqual([30, 30]);
  });

  it("joins no more bytes than an eighth of those of a chunk", () => {
    const [first = 0] = rowsOf(join(chunksAt(upwards), { maxBytes: 8 * 1024 }));
    const [twice = 0] = rowsOf(join(chunksAt(upwards), { maxBytes: 16 * 1024 }));
    expect(first).toBeGreaterThan(5);
    expect(Math.abs(twice - 2 * first)).toBeLessThanOrEqual(2);
  });

  it("leaves chunks alone that are larger than half of what is joined", () => {
    const [large] = arrowOf(
      record((recording) => {
        for (let row = 0; row < 11; row++) {
          recording.setTime("frame", row);
          recording.log("a", new Scalars(row));
        }
      }),
    );
    expect(join([large as Uint8Array], { maxRows: 160 }).taken).toBe(0);
    expect(join([large as Uint8Array], { maxRows: 176 }).taken).toBe(1);
  });

  it("begins anew where row ids go back, and with another source", () => {
    const chunks = chunksAt([0, 1, 2, 3]);
    const [a, b, c, d] = chunks as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    expect(rowsOf(join([a, c, b, d], {}))).toEqual([2, 2]);
    const { kind } = join(chunks, {}, (index) => (index < 3 ? 0 : 1));
    expect(kind.entries.map(({ rows, source, place }) => [rows, source, place.offset])).toEqual([
      [3, 0, 0],
      [1, 1, 3],
    ]);
  });

  it("keeps the values and times of joined rows, and the id of a chunk that stays alone", () => {
    const { kind } = join(chunksAt([5, 6, 8]), {});
    const [entry] = kind.entries;
    const chunk = entry?.joined;
    expect(chunk?.layout.timelines.map((column) => [...chunk.times(column)])).toEqual([[5n, 6n, 8n]]);
    expect(entry?.isPlain).toBe(false);
    const [alone] = join(chunksAt([5]), {}).kind.entries;
    expect([alone?.joined, alone?.isPlain]).toEqual([undefined, true]);
  });
});
