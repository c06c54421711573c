import { join } from "node:path";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { describe, expect } from "vitest";
import { runProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

/** Each of them waits for five seconds at the end of a program. */
const DEAD_SERVERS = isSoak ? 20 : 10;
/** Less than all of them take one after the other. */
const ALL_DEAD_MS = 40_000;

describe("the files of several recordings are complete after", () => {
  it.for([
    ["init twice", null],
    ["init twice and process.exit", null],
    ["shutdown", "SIGKILL"],
    ["closing one of them", null],
  ] as const)("%s", async ([way, signal], { folder, rerun }) => {
    const files = [join(folder, "a.rrd"), join(folder, "b.rrd")];
    const end = await runProgram("several", [way, ...files]);
    expect(end).toMatchObject({ signal, stderr: "" });
    for (const file of files) {
      await rerun.verify(file);
      expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/rows": ROWS });
    }
  });
});

it(
  `a program with ${DEAD_SERVERS} recordings whose servers do not exist exits within one deadline, not ${DEAD_SERVERS}, with its file complete`,
  { timeout: ALL_DEAD_MS },
  async ({ folder, rerun }) => {
    const file = join(folder, "last.rrd");
    const end = await runProgram("dead-servers", [String(DEAD_SERVERS), file]);
    expect(end).toMatchObject({ code: 0, signal: null });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/rows": ROWS });
  },
);

describe("the file of a worker thread is complete when the thread", () => {
  it.for([
    ["closes the recording", ""],
    ["ends without closing", ""],
    ["calls process.exit", ""],
    ["throws an uncaught exception", "not caught\n"],
  ] as const)("%s", async ([way, stderr], { folder, rerun }) => {
    const file = join(folder, "worker.rrd");
    const end = await runProgram("worker", [way, file]);
    expect(end).toMatchObject({ code: 0, stderr });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/rows": ROWS });
  });
});
