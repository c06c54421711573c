import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { runProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";

const LINES = 1000;

describe("the file of pino's worker is complete when the program", () => {
  it.for([
    ["just ends", 0, null],
    ["calls process.exit", 0, null],
    ["calls process.exit later", 0, null],
    ["throws an exception that nobody catches", 1, null],
    ["ends its transport", null, "SIGKILL"],
    ["has other transports too", 0, null],
  ] as const)("%s", async ([way, code, signal], { folder, rerun }) => {
    const file = join(folder, "pino.rrd");
    const end = await runProgram("pino-worker", [way, file]);
    expect(end).toMatchObject({ code, signal, stderr: code === 1 ? expect.stringContaining("not caught") : "" });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/logs/app": LINES });
  });
});

describe("pino tells by an `error` event that its worker", () => {
  it("has a wrong option", async ({ folder }) => {
    const { reports } = await runProgram("pino-worker", ["has a wrong option", join(folder, "pino.rrd")]);
    expect(reports).toEqual([{ name: "TypeError", message: "`timeline` must be the name of a timeline, got 5" }]);
  });

  it("cannot write there", async ({ folder }) => {
    const file = join(folder, "file");
    await writeFile(file, "");
    const { reports } = await runProgram("pino-worker", ["cannot write there", file]);
    expect(reports).toMatchObject([{ message: expect.stringContaining("a part of its path is a file") }]);
  });
});
