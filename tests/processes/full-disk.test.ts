import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RrdDecoder } from "@rerun-ts/core/decode";
import { describe, expect } from "vitest";
import { linesOf, runProgram, type ProgramEnd } from "./harness/program.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

const LOGGED = { "/__properties": 1, "/rows": 3000, "/image": 30 };
const FULL = {
  error: { kind: "file", code: "IO_ERROR", message: expect.stringMatching(/^cannot write .*ENOSPC.*free some space/) },
};

/** A file on the small disk, and one elsewhere. */
function filesIn(smallDisk: string, folder: string): [small: string, large: string] {
  return [join(smallDisk, "small.rrd"), join(folder, "large.rrd")];
}

/** Expects that the program printed one line about the failure, and exited with 0. */
function expectOneLine(end: ProgramEnd): void {
  expect(linesOf(end.stderr)).toEqual([expect.stringContaining("ENOSPC")]);
  expect(end.code).toBe(0);
}

async function expectWholeMessages(file: string): Promise<void> {
  const decoder = new RrdDecoder();
  const messages = [...decoder.push(await readFile(file))];
  expect(decoder.rest).toHaveLength(0);
  expect(messages.at(-1)).toMatchObject({ kind: "chunk" });
}

describe("a full disk", () => {
  it("makes the sink of that file drop and count what does not fit, and leaves a whole file", async ({
    folder,
    rerun,
    smallDisk,
  }) => {
    const [small, large] = filesIn(smallDisk, folder);
    const end = await runProgram("full-disk", ["in the middle", small, large]);
    expectOneLine(end);

    await rerun.verify(large);
    expect(await rerun.rows(large)).toEqual(LOGGED);
    await rerun.verify(small);
    const missing = sum(LOGGED) - sum(await rerun.rows(small));
    expect(missing).toBeGreaterThan(0);
    expect(end.reports).toEqual([
      { state: "open", rejections: ["IO_ERROR"] },
      { rejected: { flush: "nothing", close: "nothing" } },
      {
        sinks: [
          { state: "closed", droppedRows: missing },
          { state: "closed", droppedRows: 0 },
        ],
      },
      { drops: { rows: missing } },
    ]);
  });

  it("is noticed while the rows of many entities are written together", async ({ folder, rerun, smallDisk }) => {
    const [small, large] = filesIn(smallDisk, folder);
    const end = await runProgram("full-disk", ["in a flush of many entities", small, large]);
    expect(linesOf(end.stderr)).toEqual([expect.stringContaining("ENOSPC"), expect.stringContaining("ENOSPC")]);
    await rerun.verify(large);
    const logged = sum(await rerun.rows(large));
    expect(logged).toBe(5001);
    await expectWholeMessages(small);
    const found = sum(await rerun.rows(small));
    expect(found).toBeGreaterThan(100);
    expect(end.reports).toEqual([FULL, { rejected: { close: "IO_ERROR" } }, { droppedRows: [logged - found, 0] }]);
  });

  it("does not prevent saving to another file", async ({ folder, rerun, smallDisk }) => {
    const [small, large] = filesIn(smallDisk, folder);
    const end = await runProgram("full-disk", ["and another file is next", small, large]);
    expect(end.reports).toEqual([{ state: "open" }]);
    expectOneLine(end);
    await rerun.verify(large);
    expect(await rerun.rows(large)).toEqual({ "/__properties": 1, "/rows": ROWS });
    await rerun.verify(small);
  });

  it("does not prevent saving to the same file again, which goes on", async ({ folder, rerun, smallDisk }) => {
    const [small, large] = filesIn(smallDisk, folder);
    const end = await runProgram("full-disk", ["and the same file is next", small, large]);
    expect(end.reports).toEqual([{ state: "open" }]);
    await rerun.verify(small);
    expect((await rerun.rows(small))["/rows"]).toBeGreaterThanOrEqual(ROWS);
  });

  it("is reported if it prevents the footer, and leaves a file of complete messages", async ({
    folder,
    rerun,
    smallDisk,
  }) => {
    const [small, large] = filesIn(smallDisk, folder);
    const end = await runProgram("full-disk", ["before the footer", small, large]);
    expect(end.reports).toEqual([FULL, { rejected: { close: "IO_ERROR" } }]);
    expectOneLine(end);
    await expectWholeMessages(small);
    expect(await rerun.rows(small)).toEqual({ "/__properties": 1, "/rows": ROWS });
  });

  it("is reported if it prevents the footer while the program exits", async ({ folder, rerun, smallDisk }) => {
    const [small, large] = filesIn(smallDisk, folder);
    const end = await runProgram("full-disk", ["before the program ends", small, large]);
    expect(end.reports).toEqual([FULL]);
    expectOneLine(end);
    await expectWholeMessages(small);
    expect(await rerun.rows(small)).toEqual({ "/__properties": 1, "/rows": ROWS });
  });
});

function sum(rows: Readonly<Record<string, number>>): number {
  return Object.values(rows).reduce((total, count) => total + count, 0);
}
