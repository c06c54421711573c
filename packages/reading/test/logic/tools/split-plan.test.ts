import { AnyValues, Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import type { ChunkData } from "../../../dist/store/chunk-data.js";
import { SplitPlan } from "../../../dist/tools/split-plan.js";
import { chunksOf } from "../chunks.ts";

const NONE: ReadonlySet<string> = new Set();

/** Rows at some times, each with a value for some of two components, in chunks of some rows. */
function rowsAt(rows: readonly (readonly [time: number, names: string])[], chunkRows: number): ChunkData[] {
  return chunksOf((recording) => {
    for (const [time, names] of rows) {
      recording.setTime("frame", time);
      recording.log("a", new AnyValues(Object.fromEntries(names.split("").map((name) => [name, [time]]))));
    }
  }, chunkRows);
}

/** The rows before each part, as the times of their chunks. */
function timesBefore(plan: SplitPlan, chunks: readonly ChunkData[], part: number): number[] {
  const found: number[] = [];
  for (const [id, rows] of plan.rowsBefore(part)) {
    const chunk = chunks.find((each) => each.id === id) as ChunkData;
    const times = plan.timesOf(chunk) as BigInt64Array;
    for (const row of rows) found.push(Number(times[row]));
  }
  return found.sort((a, b) => a - b);
}

function planOf(cuts: readonly bigint[], chunks: readonly ChunkData[]): SplitPlan {
  const plan = new SplitPlan("frame", cuts, NONE);
  for (const chunk of chunks) plan.add(chunk, "store");
  return plan;
}

describe("SplitPlan", () => {
  it("assigns a time at a cut to the part after it", () => {
    const plan = new SplitPlan("frame", [10n, 20n], NONE);
    expect([-5n, 9n, 10n, 19n, 20n, 99n].map((time) => plan.partOf(time))).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it("gives a chunk to all parts between its first and its last time, in any order of its rows", () => {
    const [chunk] = rowsAt(
      [15, 3, 25].map((time) => [time, "x"] as const),
      100,
    ) as [ChunkData];
    expect(new SplitPlan("frame", [10n, 20n, 30n], NONE).partsOf(chunk)).toEqual({ first: 0, last: 2 });
    expect(new SplitPlan("other", [10n], NONE).partsOf(chunk)).toBeUndefined();
  });

  it("begins each part with the latest value of each component, the later row where times are equal", () => {
    for (const chunkRows of [1, 2, 100]) {
      const chunks = rowsAt(
        [
          [1, "x"],
          [2, "y"],
          [5, "x"],
          [4, "x"],
          [12, "x"],
          [25, "y"],
        ],
        chunkRows,
      );
      const plan = planOf([10n, 20n, 30n], chunks);
      // In any order of the parts.
      expect([3, 1, 2].map((part) => timesBefore(plan, chunks, part))).toEqual([
        [12, 25],
        [2, 5],
        [2, 12],
      ]);
      expect(plan.rowsBefore(0).size).toBe(0);
    }
    const equal = chunksOf((recording) => {
      recording.setTime("frame", 1);
      for (const value of [1, 2, 3]) recording.log("a", new Scalars(value));
    });
    expect([
      ...(planOf([10n], equal)
        .rowsBefore(1)
        .get((equal[0] as ChunkData).id) ?? []),
    ]).toEqual([2]);
  });

  it("repeats no value of a component that has one at the beginning of the part", () => {
    const chunks = rowsAt(
      [
        [1, "x"],
        [2, "y"],
        [10, "x"],
      ],
      1,
    );
    expect(timesBefore(planOf([10n], chunks), chunks, 1)).toEqual([2]);
  });
});
