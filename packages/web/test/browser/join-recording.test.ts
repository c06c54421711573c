import { CallbackSink, RecordingStream, Scalars, WebSocketSink, joinRecording, shareRecording } from "@rerun-ts/web";
import { decodeRrd } from "@rerun-ts/core/decode";
import { expect, it, onTestFinished } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { WebSocketRelay } from "@rerun-ts/test-support/common/websocket-relay";
import type { JoinRequest } from "./joining-worker.ts";

const ROWS = 1000;
const NAMES = ["first", "second", "third"];
const EXPECTED = Array.from({ length: ROWS }, (_, row) => BigInt(row));

/** Starts a worker that logs to the recording; resolves when the page has it all. */
function logFrom(rec: RecordingStream, name: string): Promise<unknown> {
  const worker = new Worker(new URL("./joining-worker.ts", import.meta.url), { type: "module" });
  onTestFinished(() => worker.terminate());
  const port = shareRecording(rec);
  const done = new Promise((resolve) => worker.addEventListener("message", resolve, { once: true }));
  const request: JoinRequest = { port, name, rows: ROWS };
  worker.postMessage(request, [port]);
  return done;
}

it("three workers and the page log to one recording: every row of each thread is there, once and in order", async () => {
  const rec = new RecordingStream("joined", { sendProperties: false });
  const memory = rec.memoryRecording();
  const done = NAMES.map((name) => logFrom(rec, name));
  for (let row = 0; row < ROWS; row++) rec.log("page", new Scalars(row), { time: { row } });
  await Promise.all(done);
  const rrd = memory.drainAsBytes();
  for (const name of [...NAMES, "page"]) {
    const chunks = readChunks(rrd).filter(({ entityPath }) => entityPath === `/${name}`);
    expect(chunks.flatMap(({ times }) => times["row"] ?? [])).toEqual(EXPECTED);
    expect(chunks.flatMap(({ components }) => components["Scalars:scalars"]?.flat() ?? []).map(Number)).toEqual(
      EXPECTED.map(Number),
    );
  }
  const messages = decodeRrd(rrd);
  expect(messages.filter(({ kind }) => kind === "storeInfo")).toHaveLength(1);
  const stores = messages.flatMap((message) => (message.kind === "chunk" ? [message.storeId.recordingId] : []));
  expect(new Set(stores)).toEqual(new Set([rec.recordingId]));
  const ends = messages.filter(({ kind }) => kind === "end");
  expect(ends).toHaveLength(1);
});

it("a flush in a worker waits for the sinks of the page, and fails as theirs do", async () => {
  const rec = new RecordingStream("joined", { sendProperties: false, onError: () => {} });
  onTestFinished(() => void rec.close().catch(() => {}));
  const relay = new WebSocketRelay();
  await rec.setSink(new WebSocketSink(undefined, { WebSocket: relay.WebSocket }));
  const joined = await joinRecording(shareRecording(rec));
  onTestFinished(() => void joined.close());
  joined.log("worker", new Scalars(1));
  expect(await joined.flush({ ack: true })).toMatchObject({ complete: true });
  expect(readChunks(relay.toRrd()).map(({ entityPath }) => entityPath)).toEqual(["/worker"]);
  await rec.setSink(
    new CallbackSink(() => {
      throw new Error("no room");
    }),
  );
  joined.log("worker", new Scalars(2));
  await expect(joined.flush()).rejects.toThrow("no room");
});

it("what a worker logs to a recording that the page has closed is counted as dropped there", async () => {
  const rec = new RecordingStream("joined", { sendProperties: false });
  rec.memoryRecording();
  const joined = await joinRecording(shareRecording(rec), { onError: () => {} });
  let dropped = 0;
  joined.addEventListener("drop", ({ rows }) => (dropped += rows));
  joined.log("worker", new Scalars(1));
  expect(await joined.flush()).toMatchObject({ complete: true });
  await rec.close();
  for (let row = 0; row < 100; row++) joined.log("worker", new Scalars(row));
  await expect(joined.flush()).rejects.toThrow("the page has closed the recording `joined`");
  await joined.close().catch(() => {});
  expect(dropped).toBe(100);
  expect(joined.stats().sinks.reduce((sum, { droppedRows }) => sum + droppedRows, 0)).toBe(100);
});

it("messages of other code to the port of a worker are ignored with one warning, and values that are no recording rejected", async () => {
  const warnings: string[] = [];
  const rec = new RecordingStream("joined", { onWarning: ({ message }) => warnings.push(message) });
  onTestFinished(() => void rec.close().catch(() => {}));
  const port = shareRecording(rec);
  const chunk = { kind: "chunk", payload: "bytes" };
  for (const message of [null, undefined, 5, {}, { type: "messages" }, { type: "messages", messages: [null, chunk] }])
    port.postMessage(message);
  const joined = await joinRecording(port);
  joined.log("worker", new Scalars(1));
  expect(await joined.flush()).toMatchObject({ complete: true, droppedRows: 0 });
  expect(warnings).toEqual([expect.stringContaining("a message to the port of `shareRecording` is ignored")]);
  expect(rec.stats().bytes).toBeGreaterThan(0);
  await joined.close();
  for (const value of [undefined, null, {}])
    expect(() => shareRecording(value as never)).toThrow("`recording` must be a RecordingStream, got ");
});

it("what is no port of shareRecording is rejected", async () => {
  await expect(joinRecording({} as MessagePort)).rejects.toThrow("`port` must be the MessagePort of `shareRecording`");
});
