import { isSoak } from "@rerun-ts/test-support/node/environment";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { runProgram } from "./harness/program.ts";
import { damagedFile, it } from "./harness/test.ts";

const MB = 1_000_000;
const SCALARS = isSoak ? 5_000_000 : 1_000_000;
/** Several times the limit of memory. */
const IMAGES = isSoak ? 200 : 60;
/** The number of entities; the program logs them twice, under different names. */
const ENTITIES = isSoak ? 100_000 : 5_000;
const CHUNKS = isSoak ? 400_000 : 20_000;
const CHUNKS_TOO_MANY = 5_000;

/** Runs a workload that measures its memory, and returns its reports. */
async function measure(workload: string, count: number, file: string): Promise<readonly unknown[]> {
  // The real `rerun` reads the large files. Our own reader reads the files of all other tests.
  damagedFile(file);
  const end = await runProgram("memory", [workload, String(count), file], { nodeArgs: ["--expose-gc"] });
  expect(end.code, end.stderr).toBe(0);
  return end.reports;
}

describe.skipIf(process.platform !== "linux")("a program uses at most 200 MB after logging", () => {
  it(`${SCALARS} scalars in a loop that never yields`, async ({ folder, rerun }) => {
    const file = join(folder, "scalars.rrd");
    const [{ peak }] = (await measure("scalars", SCALARS, file)) as [{ peak: number }];
    expect(peak).toBeLessThan(200 * MB);
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/rows": SCALARS });
  });

  it(`${IMAGES} images of 1920 × 1080`, async ({ folder, rerun }) => {
    const file = join(folder, "images.rrd");
    const [{ peak }] = (await measure("images", IMAGES, file)) as [{ peak: number }];
    expect(peak).toBeLessThan(200 * MB);
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/image": IMAGES });
  });
});

describe("the memory of a program does not grow with", () => {
  it("the number of entities that were logged once", async ({ folder }) => {
    const reports = await measure("entities", ENTITIES, join(folder, "entities.rrd"));
    const [first, second] = reports as [{ retained: number }, { retained: number }];
    // The entities themselves are in a table, and some builders are kept.
    expect(second.retained - first.retained).toBeLessThan(ENTITIES * 400);
    expect(second.retained).toBeLessThan(25 * MB + 2 * ENTITIES * 400);
  });

  it("the number of chunks, except for 150 bytes each for the footer", async ({ folder }) => {
    const [{ bytesPerChunk }] = (await measure("chunks", CHUNKS, join(folder, "chunks.rrd"))) as [
      { bytesPerChunk: number },
    ];
    expect(bytesPerChunk).toBeGreaterThan(0);
    expect(bytesPerChunk).toBeLessThan(160);
  });
});

it("a file whose footer would be too large has none, with a warning", async ({ folder, rerun }) => {
  const file = join(folder, "large.rrd");
  const [warning, closed] = await measure("too many chunks for the footer", CHUNKS_TOO_MANY, file);
  expect(warning).toEqual({ warning: expect.stringMatching(/has no footer.*`maxFooterBytes`/) });
  expect(closed).toEqual({ complete: true, droppedRows: 0 });
  await expect(rerun.verify(file)).rejects.toThrow("Missing RRD footer");
  const rows = { "/__properties": 1, "/rows": CHUNKS_TOO_MANY };
  expect(await rerun.rows(file)).toEqual(rows);
  expect(await rerun.rowsAfterMerge(file)).toEqual(rows);
});
