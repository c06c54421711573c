import type { StoreId } from "@rerun-ts/core";
import { AnyValues, Points3D, Scalars, TextLog } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { ChunkData } from "../../../dist/store/chunk-data.js";
import { SchemaCache } from "../../../dist/store/schema-cache.js";
import type { ChunkLimits } from "../../../dist/tools/optimize-options.js";
import { OptimizePlan, type PlannedChunk } from "../../../dist/tools/optimize-plan.js";
import { arrowOf, record } from "../chunks.ts";
import { NO_LIMITS } from "./entries.ts";

const STORE: StoreId = { kind: "recording", applicationId: "unit", recordingId: "one" };
const OTHER: StoreId = { ...STORE, recordingId: "two" };

/** Plans the chunks of some stores. */
function plan(
  stores: readonly (readonly [StoreId, readonly Uint8Array[]])[],
  limits: Partial<ChunkLimits> = {},
): PlannedChunk[] {
  const schemas = new SchemaCache();
  const made = new OptimizePlan({ ...NO_LIMITS, ...limits }, schemas);
  for (const [storeId, chunks] of stores) {
    for (const [index, arrow] of chunks.entries()) {
      const chunk = ChunkData.read(arrow, schemas);
      made.add({ chunk, storeId, source: 0, place: { offset: index, length: 1 } } as never);
    }
  }
  return [...made.chunks()];
}

const rowsOf = (chunks: readonly PlannedChunk[]): number[] =>
  chunks.map(({ segments }) => segments.reduce((sum, { from, to }) => sum + to - from, 0));

const FRAMES = arrowOf(
  record((recording) => {
    for (let frame = 0; frame < 4; frame++) {
      recording.setTime("frame", frame);
      recording.log("a", new Scalars(frame));
      recording.log("b", frame % 2 === 0 ? new Scalars(frame) : new TextLog("odd"));
    }
    recording.log("s", new TextLog("1"), { static: true });
    recording.log("s", new TextLog("2"), { static: true });
  }, 0),
);

describe("OptimizePlan", () => {
  it("puts the chunks of one entity with the same columns together, static ones first", () => {
    expect(rowsOf(plan([[STORE, FRAMES]]))).toEqual([2, 4, 2, 2]);
    expect(rowsOf(plan([[STORE, FRAMES]], { maxRows: 3, maxRowsIfUnsorted: 3 }))).toEqual([2, 3, 1, 2, 2]);
  });

  it("leaves duplicates out, by store", () => {
    expect(rowsOf(plan([[STORE, [...FRAMES, ...FRAMES]]]))).toEqual([2, 4, 2, 2]);
    const both = plan([
      [STORE, FRAMES],
      [OTHER, FRAMES],
    ]);
    expect(both.map(({ storeId }) => storeId.recordingId)).toEqual([
      "one",
      "two",
      "one",
      "one",
      "one",
      "two",
      "two",
      "two",
    ]);
  });

  it("keeps static chunks as they are if that is wanted", () => {
    expect(rowsOf(plan([[STORE, FRAMES]], { keepStaticChunks: true }))).toEqual([1, 1, 4, 2, 2]);
  });

  it("separates archetypes whose sizes differ by more than the ratio", () => {
    const chunks = arrowOf(
      record((recording) => {
        recording.setTime("frame", 1);
        const points = Array.from({ length: 100 }, () => [1, 2, 3] as const);
        recording.log("a", [new Points3D(points, { radii: 1 }), new AnyValues({ note: "small" })]);
      }),
    );
    const namesOf = (ratio: number | null): (string[] | undefined)[] =>
      plan([[STORE, chunks]], { splitSizeRatio: ratio }).map(({ components }) => components && [...components].sort());
    expect(namesOf(null)).toEqual([undefined]);
    expect(namesOf(1000)).toEqual([undefined]);
    expect(namesOf(10)).toEqual([["note"], ["Points3D:positions", "Points3D:radii"]]);
  });
});
