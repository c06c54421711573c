import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { runProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";

const LINES = 1000;

describe("the file of the transport for pino is complete when the program", () => {
  it.for([
    ["ends without closing", 0, null],
    ["calls process.exit", 0, null],
    ["calls process.exit later", 0, null],
    ["throws an uncaught exception", 1, null],
    ["ends its transport", null, "SIGKILL"],
    ["uses other transports too", 0, null],
  ] as const)("%s", async ([way, code, signal], { folder, rerun }) => {
    const file = join(folder, "pino.rrd");
    const end = await runProgram("pino-worker", [way, file]);
    expect(end).toMatchObject({ code, signal, stderr: code === 1 ? expect.stringContaining("not caught") : "" });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/logs/app": LINES });
  });
});

describe("the transport for pino emits an `error` event if its worker", () => {
  it("has a wrong option", async ({ folder }) => {
    const { reports } = await runProgram("pino-worker", ["has a wrong option", join(folder, "pino.rrd")]);
    expect(reports).toEqual([{ name: "Error", message: "`timeline` must be the name of a timeline, got 5" }]);
  });

  it("cannot write the file", async ({ folder }) => {
    const file = join(folder, "file");
    await writeFile(file, "");
    const { reports } = await runProgram("pino-worker", ["cannot write the file", file]);
    expect(reports).toMatchObject([{ message: expect.stringContaining("a part of the path is a file") }]);
  });
});
