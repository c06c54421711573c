import { join } from "node:path";
import { serve } from "@rerun-ts/node";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import { describe, expect, onTestFinished } from "vitest";
import { runProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

/** The line about rows that no sink has received. */
const NEVER_SENT = /^\[rerun\] a recording never had a sink, so \d+ rows are lost; call `save`.*\n$/;
/** The ways in which a program ends, with its exit code and its output on standard error. */
const WAYS: readonly (readonly [way: string, code: number, says: string])[] = [
  ["closes the recording", 0, ""],
  ["disconnects the recording", 0, ""],
  ["calls shutdown", 0, ""],
  ["ends without closing", 0, ""],
  ["ends without awaiting anything", 0, ""],
  ["calls save last", 0, ""],
  ["logs in a `beforeExit` listener", 0, ""],
  ["throws an uncaught exception", 1, "not caught"],
  ["throws in a callback", 1, "not caught"],
  ["does not handle a rejection", 1, "not caught"],
  ["calls process.exit right after log", 0, ""],
  ["calls process.exit without awaiting anything", 0, ""],
  ["calls process.exit while it closes", 0, ""],
  ["calls process.exit in a sink while rows are sent", 0, ""],
  ["calls process.exit in a sink that receives its first rows", 0, "the callback sink is closed"],
  ["calls process.exit in a listener while rows are sent", 0, ""],
  ["logs in an `exit` listener", 0, ""],
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

describe("rows that no sink has received are reported at the end", () => {
  it.for([
    ["loses the recording before it has a sink", new RegExp(`so ${3 * ROWS} rows are lost`)],
    ["logs after it has disconnected", new RegExp(`had no sink any more, so ${ROWS} rows are lost`)],
  ] as const)("if the program %s", async ([way, says], { folder }) => {
    const nodeArgs = ["--expose-gc"];
    const end = await runProgram("idle", [way, join(folder, "idle.rrd")], { nodeArgs });
    expect(end).toMatchObject({ code: 0, signal: null, stderr: expect.stringMatching(says) });
  });
});

it("what a listener of `beforeExit` does asynchronously is still sent to a server", async () => {
  // Its statistics are exact: those of a relay in a worker are up to 0.1 s old.
  const server = await serve.serveGrpcRelay({ port: 0, thread: false });
  onTestFinished(() => server.close());
  const end = await runProgram("idle", ["works on in a `beforeExit` listener", server.url]);
  expect(end).toMatchObject({ code: 0, signal: null, stderr: "" });
  const reader = new RelayReaderClient(server.url);
  await reader.until(server.stats().heldMessages);
  reader.stop();
  expect(readChunks(reader.toRrd()).reduce((sum, { rows }) => sum + rows, 0)).toBe(2 * ROWS);
});

describe("a recording does not keep a program alive that", () => {
  it.for([
    "only logs",
    "logs to memory",
    "logs to a stream without a reader",
    "logs to a file with a long flush interval",
    "logs to the global recording",
    "flushes with a long timeout",
    "has installed shutdown signals",
  ])("%s", async (way, { folder }) => {
    const end = await runProgram("idle", [way, join(folder, "idle.rrd")]);
    const stderr = way === "only logs" ? expect.stringMatching(NEVER_SENT) : "";
    expect(end).toMatchObject({ code: 0, signal: null, stderr });
  });
});
