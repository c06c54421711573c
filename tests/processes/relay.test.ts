import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { GrpcWebSink } from "@rerun-ts/core";
import type { Sink } from "@rerun-ts/core";
import { FileSink, GrpcSink, RecordingStream, Scalars, Tensor, WebSocketSink } from "@rerun-ts/node";
import { describe, expect, onTestFinished } from "vitest";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { Http2Client, RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import { messagesOf, namesOf } from "@rerun-ts/test-support/node/relay-messages";
import { runWarmPython } from "@rerun-ts/test-support/python/warm-python";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { missingRows, rowNumbers } from "./harness/logged-rows.ts";
import { runProgram, startProgram } from "./harness/program.ts";
import { RelayProcess, RelayThread, startSaving } from "./harness/relay-process.ts";
import { startRealServer } from "./harness/start-real-server.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

const PYTHON_PROGRAM = join(import.meta.dirname, "programs/relay.py");
const KB = 1000;

it("a relay shares its port with no other process of a cluster", async () => {
  const { stdout, code } = await runProgram("cluster-relays", [String(await freePort())]);
  expect({ stdout: stdout.toString(), code }).toEqual({ stdout: "listens\nLISTEN_FAILED\n", code: 0 });
});

describe("a relay passes on the same data that was logged", () => {
  it("by the Python SDK, to readers that connect before and after", async ({ folder, rerun }) => {
    const relay = await RelayProcess.start();
    const [own, early, late] = filesIn(folder, "own", "early", "late");
    const earlyReader = await startSaving(rerun, relay.url, early);
    await relay.until(({ readers }) => readers === 1);
    await runWarmPython({ path: PYTHON_PROGRAM }, [relay.url, own]);
    const lateReader = await startSaving(rerun, relay.url, late);
    await relay.until(({ readers, receivedBytes, sentBytes }) => readers === 2 && sentBytes === 2 * receivedBytes);
    await relay.end();
    await Promise.all([earlyReader.saved, lateReader.saved]);
    await rerun.compare(early, own);
    await rerun.compare(late, own);
  });

  it.for<[string, (url: string) => Sink]>([
    ["gRPC", (url) => new GrpcSink(url)],
    ["gRPC in this thread", (url) => new GrpcSink(url, { thread: false })],
    ["gRPC-web", (url) => new GrpcWebSink(url)],
    ["a WebSocket", (url) => new WebSocketSink(url)],
    ["a WebSocket in this thread", (url) => new WebSocketSink(url, { thread: false })],
  ])("by this SDK, over %s", async ([, makeSink], { folder, rerun }) => {
    const relay = await RelayThread.start();
    const [own, received] = filesIn(folder, "own", "received");
    const rec = new RecordingStream("relay", { recordingId: "relay" });
    await rec.setSinks([makeSink(relay.url), new FileSink(own)]);
    rec.log("fixed", new Scalars(5), { static: true });
    for (let row = 0; row < ROWS; row++) {
      rec.setTime("row", row);
      rec.log("rows", new Scalars(row));
    }
    rec.log("tensor", new Tensor(new Uint8Array(3_000_000).fill(7)));
    expect(await rec.close()).toMatchObject({ complete: true });
    const reader = await startSaving(rerun, relay.url, received);
    await relay.until(({ readers, receivedBytes, sentBytes }) => readers === 1 && sentBytes === receivedBytes);
    await relay.end();
    await reader.saved;
    await rerun.compare(received, own);
  });

  it.for([true, false])("by a program with serveGrpc (thread: %s)", async (thread, { folder, rerun }) => {
    const [own, received] = filesIn(folder, "own", "received");
    const program = startProgram("serve", ["serves and saves", JSON.stringify({ thread, file: own })]);
    const { url } = (await program.report()) as { url: string };
    const reader = await startSaving(rerun, url, received);
    expect(await program.ended).toMatchObject({ code: 0, stderr: "" });
    await reader.saved;
    await rerun.compare(received, own);
  });
});

describe("a program with serveGrpc", () => {
  it.for([
    ["closes the recording", true, 0],
    ["closes the recording", false, 0],
    ["ends without closing", true, 0],
    ["ends without closing", false, 0],
    ["calls process.exit", true, 0],
    ["throws an uncaught exception", true, 1],
  ] as const)(
    "that %s (thread: %s) has sent its reader everything",
    async ([way, thread, exitCode], { folder, rerun }) => {
      const rows = 20_000;
      const file = join(folder, "read.rrd");
      const program = startProgram("serve", [way, JSON.stringify({ thread, rows })]);
      const { url } = (await program.report()) as { url: string };
      const reader = await startSaving(rerun, url, file);
      const { code, stderr, reports } = await program.ended;
      expect(code, stderr).toBe(exitCode);
      if (way === "closes the recording") expect(reports.at(-1)).toEqual({ complete: true, droppedRows: 0 });
      await reader.saved;
      expect(missingRows(rows, rowNumbers(await readFile(file))).length).toBe(0);
    },
  );

  it("streams during a loop that never yields", async ({ folder }) => {
    const untilFile = join(folder, "received");
    const program = startProgram("serve", ["loops for seconds", JSON.stringify({ seconds: 30, untilFile })]);
    const { url } = (await program.report()) as { url: string };
    const reader = new RelayReaderClient(url);
    await reader.until(10);
    const first = Date.now();
    await writeFile(untilFile, "");
    const { loopEnded, logged } = (await program.report()) as { loopEnded: number; logged: number };
    expect(first).toBeLessThanOrEqual(loopEnded);
    await reader.ended;
    expect(missingRows(logged, rowNumbers(reader.toRrd())).length).toBe(0);
  });
});

describe("a relay with tokens and Rerun's own clients", () => {
  it("writeToken rejects Rerun's SDKs with a reason, and lets Rerun's viewers read", async ({ folder, rerun }) => {
    const { python } = (await findRerun()) as { python: string };
    const relay = await RelayThread.start({ writeToken: "w" });
    const [own, received] = filesIn(folder, "own", "received");
    const program = promisify(execFile)(python, [PYTHON_PROGRAM, relay.url, own]);
    await expect(program).rejects.toMatchObject({
      stderr: expect.stringMatching(/token for writing is missing or wrong/),
    });
    expect(await relay.stats()).toMatchObject({ receivedMessages: 0 });
    const rec = new RecordingStream("relay", { recordingId: "relay" });
    await rec.setSinks([new GrpcSink(relay.url, { headers: { authorization: "Bearer w" } }), new FileSink(own)]);
    rec.log("rows", new Scalars(1));
    await rec.close();
    const reader = await startSaving(rerun, relay.url, received);
    await relay.until(({ readers, receivedBytes, sentBytes }) => readers === 1 && sentBytes === receivedBytes);
    await relay.end();
    await reader.saved;
    await rerun.compare(received, own);
  });

  it("readToken rejects Rerun's viewers, and lets Rerun's SDKs log", async ({ folder, rerun }) => {
    const relay = await RelayThread.start({ readToken: "r" });
    const [own, received] = filesIn(folder, "own", "received");
    await runWarmPython({ path: PYTHON_PROGRAM }, [relay.url, own]);
    const { saved } = await startSaving(rerun, relay.url, received);
    // The viewer interprets this as the end of the stream, and has nothing to write.
    await expect(saved).rejects.toThrow();
    const reader = new RelayReaderClient(relay.url, "ReadMessages", { authorization: "Bearer r" });
    onTestFinished(() => reader.stop());
    await expect.poll(() => rowNumbers(reader.toRrd()).size, { timeout: 10_000 }).toBe(ROWS);
  });
});

describe("a reader that connects late, as with Rerun's own server,", () => {
  it.for([false, true])("receives everything in the same order (newest first: %s)", async (newestFirst, { rerun }) => {
    const [ours, real] = await Promise.all([
      RelayThread.start({ newestFirst }),
      startRealServer(rerun.program, undefined, newestFirst ? ["--newest-first"] : []),
    ]);
    const orders: string[] = [];
    for (const url of [ours.url, real.url]) {
      await write(url, "a1 a2 s1 b1 a3 s2 b2");
      orders.push(namesOf(await readAll(url, 7)).join(" "));
    }
    expect(orders[0]).toBe(orders[1]);
    expect(orders[0]).toBe(newestFirst ? "b1 b2 s2 s1 a3 a2 a1" : "b1 b2 s1 s2 a1 a2 a3");
  });

  it("misses the same evicted data: old data with time, then old static data, no blueprints", async ({ rerun }) => {
    const serverMemoryLimit = "1MB";
    const [ours, real] = await Promise.all([
      RelayThread.start({ serverMemoryLimit }),
      startRealServer(rerun.program, undefined, ["--server-memory-limit", serverMemoryLimit]),
    ]);
    const numbers = (letter: string, from: number, to: number): string =>
      Array.from({ length: to - from }, (_, index) => `${letter}${from + index}`).join(" ");
    const held: string[][] = [];
    for (const url of [ours.url, real.url]) {
      await write(url, `b1 s1 ${numbers("a", 0, 30)}`, 100 * KB);
      const names = namesOf(await readUntil(url, "a29"));
      expect(names.slice(0, 2)).toEqual(["b1", "s1"]);
      expect(names.slice(2)).toEqual(numbers("a", 32 - names.length, 30).split(" "));
      held.push(names);
      await write(url, numbers("s", 2, 30), 100 * KB);
      const later = namesOf(await readUntil(url, "s29"));
      expect(later[0]).toBe("b1");
      expect(later.slice(1)).toEqual(numbers("s", 31 - later.length, 30).split(" "));
      held.push(later);
    }
    const [atFirst = [], inTheEnd = [], ...others] = held;
    // The overhead of a message is counted differently.
    expect(Math.abs(atFirst.length - (others[0]?.length ?? 0))).toBeLessThanOrEqual(1);
    expect(Math.abs(inTheEnd.length - (others[1]?.length ?? 0))).toBeLessThanOrEqual(1);
  });

  it("receives nothing if the memory limit is 0", async ({ rerun }) => {
    const [ours, real] = await Promise.all([
      RelayThread.start({ serverMemoryLimit: 0 }),
      startRealServer(rerun.program, undefined, ["--server-memory-limit", "0"]),
    ]);
    for (const url of [ours.url, real.url]) {
      await write(url, "b1 s1 a1");
      const reader = read(url);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await write(url, "a2");
      expect(namesOf(await reader.until(1))).toEqual(["a2"]);
    }
  });
});

function filesIn(folder: string, ...names: readonly string[]): [string, string, string] {
  return names.map((name) => join(folder, `${name}.rrd`)) as [string, string, string];
}

async function write(url: string, names: string, bytes = 0): Promise<void> {
  const client = new Http2Client(url);
  expect(await client.write(messagesOf(names, bytes))).toMatchObject({ status: 0 });
  client.close();
}

function read(url: string): RelayReaderClient {
  const reader = new RelayReaderClient(url);
  onTestFinished(() => reader.stop());
  return reader;
}

/** The first messages that a late reader receives. */
async function readAll(url: string, count: number): Promise<RelayReaderClient["messages"]> {
  return read(url).until(count);
}

/** The messages that a late reader receives up to the one with this name. */
async function readUntil(url: string, name: string): Promise<RelayReaderClient["messages"]> {
  const reader = read(url);
  await expect.poll(() => namesOf(reader.messages), { timeout: 10_000 }).toContain(name);
  return reader.messages;
}
