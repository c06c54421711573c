import { join } from "node:path";
import { describe, expect } from "vitest";
import { runProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

/** How a program ends, the exit code that Node gives it, and what it says. */
const WAYS: readonly (readonly [way: string, code: number, says: string])[] = [
  ["closes", 0, ""],
  ["disconnects", 0, ""],
  ["shuts everything down", 0, ""],
  ["just ends", 0, ""],
  ["just ends, and awaited nothing", 0, ""],
  ["saves last and ends", 0, ""],
  ["logs in its last moment", 0, ""],
  ["throws an exception that nobody catches", 1, "not caught"],
  ["throws from a callback", 1, "not caught"],
  ["leaves a rejection alone", 1, "not caught"],
  ["calls process.exit right after log", 0, ""],
  ["calls process.exit, and awaited nothing", 0, ""],
  ["calls process.exit while it closes", 0, ""],
  ["logs in a listener for its end", 0, ""],
];

describe("a file is complete when the program", () => {
  it.for(WAYS)("%s", async ([way, code, says], { folder, rerun }) => {
    const file = join(folder, "ends.rrd");
    const end = await runProgram("ends", [way, file]);
    expect(end).toMatchObject({ code, signal: null, stderr: says === "" ? "" : expect.stringContaining(says) });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/rows": ROWS });
  });
});

describe("nothing keeps a program alive that", () => {
  it.for([
    "only logs",
    "logs to memory",
    "logs to a stream that nobody reads",
    "logs to a file with a long tick",
    "logs to the global recording",
    "flushed with a long time limit",
    "asked for an orderly end at signals",
  ])("%s", async (way, { folder }) => {
    const end = await runProgram("idle", [way, join(folder, "idle.rrd")]);
    expect(end).toMatchObject({ code: 0, signal: null, stderr: "" });
  });
});
