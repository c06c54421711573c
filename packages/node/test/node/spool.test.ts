import { randomBytes } from "node:crypto";
import { readFileSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { decodeRrd } from "@rerun-ts/core/decode";
import type { RecordingSink } from "@rerun-ts/core/transport";
import type { Sink } from "@rerun-ts/core";
import {
  FileSink,
  GrpcSink,
  MemorySink,
  RecordingStream,
  Tensor,
  TextDocument,
  WebSocketSink,
  spool,
  type RerunError,
  serve,
  type types,
} from "@rerun-ts/node";
import { afterEach, describe, expect, it, vi } from "vitest";
import { camerasIn, isKeyFrame, logCameras } from "@rerun-ts/test-support/common/cameras";
import { frameOptions, framesIn, logFrames, range } from "@rerun-ts/test-support/common/frames";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { describeSinkContract } from "@rerun-ts/test-support/common/sink-contract";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";

const SINKS = {
  "GrpcSink with a worker": (url: string) => new GrpcSink(url),
  "WebSocketSink without a worker": (url: string) => new WebSocketSink(url, { thread: false }),
};

for (const [name, create] of Object.entries(SINKS)) {
  describeSinkContract(
    `spool in a folder, before a ${name}`,
    async () => {
      const folder = makeTemporaryFolder();
      const server = await serve.serveGrpcRelay({ port: 0, thread: false });
      const sink = spool(create(server.url), { directory: folder.path }) as RecordingSink;
      return {
        sink,
        async read() {
          await sink.flush({ ack: true });
          return [await readRelay(server)];
        },
        async cleanUp() {
          await server.close();
          await folder.remove();
        },
      };
    },
    { isAsynchronous: true, workingState: "connecting" },
  );
}

/** Reads a lock again and again, as other processes may, and posts contents that are not whole. */
const WATCH_LOCK = `
  const { readFileSync } = require("node:fs");
  const { parentPort, workerData } = require("node:worker_threads");
  const incomplete = new Set();
  while (Atomics.load(workerData.isOver, 0) === 0) {
    try {
      const text = readFileSync(workerData.path, "utf8");
      if (!text.endsWith("}")) incomplete.add(text);
    } catch {}
  }
  parentPort.postMessage([...incomplete]);
`;

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

function makeFolder(): string {
  const folder = makeTemporaryFolder();
  cleanUps.push(folder.remove);
  return folder.path;
}

async function relayAt(port: number): Promise<serve.GrpcServer> {
  const server = await serve.serveGrpcRelay({ port, thread: false });
  cleanUps.push(() => server.close());
  return server;
}

/** Everything that a relay holds. */
async function readRelay(server: serve.GrpcServer): Promise<Uint8Array> {
  const reader = new RelayReaderClient(server.url);
  await reader.until(server.stats().heldMessages);
  reader.stop();
  return reader.toRrd();
}

interface Logged {
  readonly recording: RecordingStream;
  readonly warnings: RerunError[];
}

async function record(sink: Sink, from: number, to: number, values = 1): Promise<Logged> {
  const warnings: RerunError[] = [];
  const recording = new RecordingStream("spool", frameOptions(from, warnings));
  cleanUps.push(() => recording.close({ timeoutMs: 0 }).catch(() => {}));
  await recording.setSink(sink);
  logFrames(recording, from, to, values);
  return { recording, warnings };
}

describe("spool in a folder", () => {
  it("that is replaced by one for another server hands over what it has not sent", async () => {
    const [directory, port] = [makeFolder(), await freePort()];
    const absent = spool(new GrpcSink(`rerun+http://127.0.0.1:${port}/proxy`), { directory });
    const { recording } = await record(absent, 0, 100);
    const server = await relayAt(0);
    const opened = recording.setSink(spool(new GrpcSink(server.url), { directory }));
    logFrames(recording, 100, 200);
    await opened;
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    expect(framesIn(await readRelay(server))).toEqual(range(0, 200));
  });

  const dataIn = (folder: string, pattern = /[.]rrd$/): string[] =>
    readdirSync(folder).filter((name) => pattern.test(name));

  it("keeps what could not be sent, and the next program sends it: in order, once, and removes it", async () => {
    const [directory, port] = [makeFolder(), await freePort()];
    const url = `ws://127.0.0.1:${port}/ws`;
    const options: types.SpoolOptions = { directory };
    const first = await record(spool(new WebSocketSink(url), options), 0, 500);
    expect(await first.recording.flush()).toMatchObject({ complete: true, droppedRows: 0 });
    await first.recording.close();
    expect(first.warnings.at(-1)?.message).toContain("are kept in the spool");
    expect(dataIn(directory)).not.toEqual([]);

    const server = await relayAt(port);
    const second = await record(spool(new WebSocketSink(url), options), 500, 1000);
    expect(await second.recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    const rrd = await readRelay(server);
    expect(framesIn(rrd)).toEqual(range(0, 1000));
    const stores = new Set(
      decodeRrd(rrd).flatMap((message) => ("storeId" in message ? message.storeId.recordingId : [])),
    );
    expect(stores).toEqual(new Set(["from 0", "from 500"]));
    await second.recording.close();
    expect(dataIn(directory)).toEqual([]);
  });

  it("bounds memory while a server is away, and sends everything in order when it is back", async () => {
    const [directory, port] = [makeFolder(), await freePort()];
    const inner = new GrpcSink(`rerun+http://127.0.0.1:${port}/proxy`, { thread: false });
    // 40 MB.
    const { recording } = await record(spool(inner, { directory }), 0, 500, 10_000);
    expect(inner.stats().queuedBytes).toBeLessThan(20e6);
    expect(recording.stats().sinks[0]?.queuedBytes).toBeGreaterThan(39e6);
    const server = await relayAt(port);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0, pendingBytes: 0 });
    expect(framesIn(await readRelay(server))).toEqual(range(0, 500));
  });

  it("skips a file that somebody has removed, counts its rows, and sends the rest", async () => {
    const [directory, port] = [makeFolder(), await freePort()];
    const inner = new WebSocketSink(`ws://127.0.0.1:${port}/ws`, { thread: false });
    const { recording, warnings } = await record(spool(inner, { directory }), 0, 1000, 10_000);
    await recording.flush();
    // The first ones were read already: they are in flight.
    const files = dataIn(directory).filter((name) => name.startsWith("d"));
    const removed = files.sort().at(-3) ?? "";
    rmSync(join(directory, removed));
    const server = await relayAt(port);
    const { complete, droppedRows } = await recording.flush({ ack: true });
    expect(complete).toBe(false);
    expect(droppedRows).toBeGreaterThan(0);
    expect(framesIn(await readRelay(server))).toHaveLength(1000 - droppedRows);
    expect(warnings.map(({ message }) => message)).toContainEqual(expect.stringContaining(`cannot read ${removed}`));
  });

  it("drops the oldest data beyond its limit, and counts each row that is lost", async () => {
    const [directory, port] = [makeFolder(), await freePort()];
    const url = `ws://127.0.0.1:${port}/ws`;
    const inner = (): Sink => new WebSocketSink(url, { maxQueueBytes: 0 });
    // 32 MB in two programs, of which 4 MB are kept besides what is in the memory of the sink.
    const first = await record(spool(inner(), { directory, maxBytes: 4e6 }), 0, 200, 10_000);
    await first.recording.close();
    const second = await record(spool(inner(), { directory, maxBytes: 4e6 }), 200, 400, 10_000);
    const server = await relayAt(port);
    // The dropped rows are not delivered.
    expect(await second.recording.flush({ ack: true })).toMatchObject({ complete: false, pendingBytes: 0 });
    const frames = framesIn(await readRelay(server));
    expect(frames.at(-1)).toBe(399);
    expect(frames.length).toBeLessThan(400);
    const lostRows = [first, second].map(({ recording }) => recording.stats().sinks[0]?.droppedRows ?? 0);
    expect((lostRows[0] ?? 0) + (lostRows[1] ?? 0) + new Set(frames).size).toBe(400);
    expect(second.warnings.map(({ message }) => message).join()).toContain("data is dropped");
  });

  it("drops whole groups of pictures, also of what an earlier program has left", async () => {
    const folder = makeTemporaryFolder();
    const port = await freePort();
    const url = `rerun+http://127.0.0.1:${port}/proxy`;
    const options = { directory: folder.path, maxBytes: 1_000_000 };
    const rec = new RecordingStream("cameras", frameOptions(0, []));
    await rec.setSink(spool(new GrpcSink(url), options));
    for (let frame = 0; frame < 1000; frame += 100) {
      logCameras(rec, frame, frame + 100);
      await rec.flush();
    }
    await rec.close({ timeoutMs: 100 });
    const { droppedRows } = rec.stats();
    const server = await serve.serveGrpcRelay({ port, thread: false });
    const next = new RecordingStream("cameras", frameOptions(1, []));
    await next.setSink(spool(new GrpcSink(url), options));
    await next.flush({ ack: true });
    await next.close();
    let rows = 0;
    for (const [camera, frames] of camerasIn(await readRelay(server))) {
      const [first = -1] = frames;
      expect([first > 0, isKeyFrame(camera, first), frames]).toEqual([true, true, range(first, 1000)]);
      rows += frames.length;
    }
    expect(rows + droppedRows).toBe(2000);
    await server.close();
    await folder.remove();
  });

  it("goes on after its folder was removed, and has the state of the recording in the new folder", async () => {
    const [directory, port] = [makeFolder(), await freePort()];
    const url = `ws://127.0.0.1:${port}/ws`;
    const warnings: RerunError[] = [];
    const recording = new RecordingStream("spool", frameOptions(0, warnings));
    await recording.setSink(spool(new WebSocketSink(url, { thread: false }), { directory }));
    recording.log("map", new TextDocument("static"), { static: true });
    logFrames(recording, 0, 10);
    await recording.flush();
    rmSync(directory, { recursive: true });
    await recording.flush().catch(() => {});
    logFrames(recording, 10, 20);
    await recording.flush();
    expect(await recording.close({ timeoutMs: 0 })).toMatchObject({ droppedRows: 10 });
    expect(warnings.map(({ message }) => message)).toContainEqual(expect.stringContaining("the folder was removed"));
    const server = await relayAt(port);
    const next = new RecordingStream("next", frameOptions(0, []));
    await next.setSink(spool(new WebSocketSink(url, { thread: false }), { directory }));
    await next.flush({ ack: true });
    await next.close();
    expect(framesIn(await readRelay(server))).toEqual(range(10, 20));
  });

  it("counts data that was removed while it was in flight only if it did not arrive", async () => {
    const [directory, server] = [makeFolder(), await relayAt(0)];
    // 32 MB at once, of which the folder may hold 1 MB.
    const { recording } = await record(
      spool(new WebSocketSink(server.url), { directory, maxBytes: 1e6 }),
      0,
      400,
      10_000,
    );
    expect(await recording.flush({ ack: true })).toMatchObject({ pendingBytes: 0 });
    const frames = framesIn(await readRelay(server));
    expect(new Set(frames).size).toBe(frames.length);
    expect(frames.length + (recording.stats().sinks[0]?.droppedRows ?? 0)).toBe(400);
  });

  it("cuts off a message that is incomplete, and reports it", async () => {
    const [directory, port] = [makeFolder(), await freePort()];
    const url = `ws://127.0.0.1:${port}/ws`;
    const first = await record(spool(new WebSocketSink(url), { directory }), 0, 10);
    await first.recording.close();
    const [last] = dataIn(directory)
      .filter((name) => name.startsWith("d"))
      .slice(-1);
    writeFileSync(join(directory, last ?? ""), new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 99]), { flag: "a" });
    const server = await relayAt(port);
    const second = await record(spool(new WebSocketSink(url), { directory }), 10, 11);
    expect(second.warnings[0]?.message).toContain("9 bytes of an incomplete message were cut off");
    expect(await second.recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    expect(framesIn(await readRelay(server))).toEqual(range(0, 11));
  });

  it("refuses a folder of a later version of the package by name, and changes nothing in it", async () => {
    const [directory, port] = [makeFolder(), await freePort()];
    const url = `ws://127.0.0.1:${port}/ws`;
    await (await record(spool(new WebSocketSink(url), { directory }), 0, 10)).recording.close();
    for (const name of ["d00000099.v2.rrd", "d00000001.v1.rrd.new"]) writeFileSync(join(directory, name), "");
    const contents = (): unknown[] =>
      dataIn(directory, /[.]rrd/).map((name) => [name, readFileSync(join(directory, name))]);
    const before = contents();
    const recording = new RecordingStream("spool");
    cleanUps.push(() => recording.close());
    await expect(recording.setSink(spool(new WebSocketSink(url), { directory }))).rejects.toMatchObject({
      code: "UNSUPPORTED",
      argument: "directory",
      message: expect.stringMatching(/spool \S+: d00000099[.]v2[.]rrd .* layout is 2, .* knows 1; update this program/),
    });
    expect(contents()).toEqual(before);
    // The lock is free: the later version can open the folder.
    rmSync(join(directory, "d00000099.v2.rrd"));
    await recording.setSink(spool(new WebSocketSink(url), { directory }));
  });

  it("sends what a program without versions in the names of its files has left", async () => {
    const [directory, port] = [makeFolder(), await freePort()];
    const url = `ws://127.0.0.1:${port}/ws`;
    await (await record(spool(new WebSocketSink(url), { directory }), 0, 10)).recording.close();
    for (const name of dataIn(directory)) renameSync(join(directory, name), join(directory, name.replace(".v1", "")));
    const server = await relayAt(port);
    const { recording } = await record(spool(new WebSocketSink(url), { directory }), 10, 20);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect(framesIn(await readRelay(server))).toEqual(range(0, 20));
    await recording.close();
    expect(dataIn(directory)).toEqual([]);
  });

  it.for([
    [
      "a string instead of options",
      () => spool(new GrpcSink(), "folder" as never),
      'e.g. { directory: "spool" }, got "folder"',
    ],
    ["another name for the folder", () => spool(new GrpcSink(), { dir: "a" } as never), "got an object with dir"],
    ["a file", () => spool(new FileSink(join(makeFolder(), "a.rrd")), { directory: makeFolder() }), "got a file sink"],
    [
      "a spool",
      () => spool(spool(new GrpcSink(), { directory: makeFolder() }), { directory: makeFolder() }),
      "got a spool sink",
    ],
  ] as const)("says what it takes if it is given %s", ([, create, message]) => {
    expect(create).toThrow(message);
  });

  it("belongs to one program at a time", async () => {
    const directory = makeFolder();
    const first = await record(spool(new GrpcSink(), { directory }), 0, 1);
    const second = new RecordingStream("second", { onError: () => {}, onWarning: () => {} });
    await expect(second.setSink(spool(new GrpcSink(), { directory }))).rejects.toMatchObject({
      code: "IO_ERROR",
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await first.recording.close({ timeoutMs: 0 });
    await second.setSink(spool(new GrpcSink(), { directory }));
    await second.close({ timeoutMs: 0 });
  });

  it.each([
    ["a file of another program", "Package: robot", "lock is not a lock of this version of rerun-ts"],
    ["a lock of a later version", '{"version":9,"token":"1","pid":1,"host":"there"}', "is not a lock of this version"],
  ])("is rejected, and keeps the lock, if that is %s", async (_, contents, message) => {
    const directory = makeFolder();
    writeFileSync(join(directory, "lock"), contents);
    const recording = new RecordingStream("strange", { onError: () => {}, onWarning: () => {} });
    await expect(recording.setSink(spool(new GrpcSink(), { directory }))).rejects.toMatchObject({
      code: "IO_ERROR",
      message: expect.stringContaining(message),
    });
    expect(readFileSync(join(directory, "lock"), "utf8")).toBe(contents);
    await recording.close();
  });

  it("removes what programs have left that were killed while they took the lock", async () => {
    const directory = makeFolder();
    const open = async (): Promise<RecordingStream> => {
      const recording = new RecordingStream("drafts", { onError: () => {}, onWarning: () => {} });
      cleanUps.push(() => recording.close({ timeoutMs: 0 }));
      await recording.setSink(spool(new GrpcSink(undefined, { thread: false }), { directory }));
      return recording;
    };
    const first = await open();
    const ours = readFileSync(join(directory, "lock"), "utf8");
    await first.close({ timeoutMs: 0 });
    const token = "0a".repeat(16);
    writeFileSync(join(directory, `lock.${token}.new`), ours.slice(0, 20));
    writeFileSync(join(directory, `lock.${token.replaceAll("a", "b")}`), ours);
    writeFileSync(join(directory, "lock.mine"), "a file of another program");
    await open();
    expect(readdirSync(directory).filter((name) => name.startsWith("lock"))).toEqual(["lock", "lock.mine"]);
  });

  it("has a lock that is never incomplete, so that nobody takes it for one that was cut off", async () => {
    const [directory, port] = [makeFolder(), await freePort()];
    const isOver = new Int32Array(new SharedArrayBuffer(4));
    const watcher = new Worker(WATCH_LOCK, { eval: true, workerData: { path: join(directory, "lock"), isOver } });
    await once(watcher, "online");
    const found = once(watcher, "message");
    const recording = new RecordingStream("rerun_ts_test", { onError: () => {}, onWarning: () => {} });
    for (let take = 0; take < 30; take++) {
      const server = new GrpcSink(`rerun+http://127.0.0.1:${port}/proxy`, { thread: false });
      await recording.setSink(spool(server, { directory }));
      await recording.setSink(new MemorySink());
    }
    await recording.close();
    isOver[0] = 1;
    expect(await found).toEqual([[]]);
    expect(readdirSync(directory)).not.toContainEqual(expect.stringMatching(/^lock/));
  });

  describe("with the lock of a process that may no longer exist, as after the restart of its container,", () => {
    const leaveLock = (directory: string): string => {
      const path = join(directory, "lock");
      writeFileSync(path, JSON.stringify({ token: "1", pid: 1, host: "elsewhere" }));
      return path;
    };

    it("waits until the lock is old, sends what was logged meanwhile, and warns once", async () => {
      const [directory, server] = [makeFolder(), await relayAt(0)];
      leaveLock(directory);
      vi.useFakeTimers({ toFake: ["setTimeout"] });
      cleanUps.push(() => vi.useRealTimers());
      const warnings: RerunError[] = [];
      const recording = new RecordingStream("spool", frameOptions(0, warnings));
      const set = recording.setSink(spool(new WebSocketSink(server.url, { thread: false }), { directory }));
      logFrames(recording, 0, 100);
      await vi.advanceTimersByTimeAsync(31_000);
      vi.useRealTimers();
      await set;
      expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
      expect(framesIn(await readRelay(server))).toEqual(range(0, 100));
      expect(warnings.map(({ message }) => message)).toEqual([
        expect.stringContaining("has a lock of process 1 on elsewhere, which may no longer exist"),
      ]);
      await recording.close();
    });

    it("is rejected once its owner renews the lock", async () => {
      const directory = makeFolder();
      const path = leaveLock(directory);
      vi.useFakeTimers({ toFake: ["setTimeout"] });
      cleanUps.push(() => vi.useRealTimers());
      const recording = new RecordingStream("second", { onError: () => {}, onWarning: () => {} });
      const set = recording.setSink(spool(new GrpcSink(), { directory }));
      const rejected = expect(set).rejects.toMatchObject({
        code: "IO_ERROR",
        message: expect.stringContaining("process 1 on elsewhere"),
      });
      await vi.advanceTimersByTimeAsync(4000);
      utimesSync(path, new Date(), new Date(Date.now() + 1));
      await vi.advanceTimersByTimeAsync(2000);
      await rejected;
    });
  });

  it("keeps all data when the clock is set forward", async () => {
    const [directory, port] = [makeFolder(), await freePort()];
    const url = `ws://127.0.0.1:${port}/ws`;
    const past = Date.now() - 30 * 24 * 3600 * 1000;
    const clock = vi.spyOn(Date, "now").mockReturnValue(past);
    cleanUps.push(() => clock.mockRestore());
    const inner = new WebSocketSink(url, { thread: false });
    // 32 MB, in several files.
    const { recording } = await record(spool(inner, { directory }), 0, 400, 10_000);
    await recording.flush();
    clock.mockRestore();
    logFrames(recording, 400, 410, 10_000);
    const server = await relayAt(port);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    expect(framesIn(await readRelay(server))).toEqual(range(0, 410));
  });

  it("bounds the memory of static data, and delivers what is not counted as dropped", async () => {
    const [directory, port] = [makeFolder(), await freePort()];
    const inner = new WebSocketSink(`ws://127.0.0.1:${port}/ws`, { thread: false });
    const sink = spool(inner, { directory, maxBytes: 10e6 });
    const { recording } = await record(sink, 0, 0);
    const meshes = 600;
    // 48 MB, of which the spool may keep half of its limit.
    for (let mesh = 0; mesh < meshes; mesh++)
      recording.log(`mesh/${mesh}`, new Tensor(randomBytes(80_000)), { static: true });
    await recording.flush();
    expect(sink.stats().queuedBytes).toBeLessThan(30e6);
    const { droppedRows } = sink.stats();
    expect(droppedRows).toBeGreaterThan(0);
    const server = await relayAt(port);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: false, pendingBytes: 0 });
    expect(sink.stats().droppedRows).toBe(droppedRows);
    const delivered = readChunks(await readRelay(server)).filter(({ entityPath }) => entityPath.startsWith("/mesh/"));
    expect(delivered.length + droppedRows).toBe(meshes);
  });

  it("rejects arguments that are wrong", () => {
    expect(() => spool(undefined as never, { directory: "x" })).toThrow(
      "`sink` must be a sink that sends to a server, such as GrpcSink or WebSocketSink, got undefined",
    );
    expect(() => (spool as (sink: object) => unknown)(new GrpcSink())).toThrow(
      "`directory` must be the path of a folder",
    );
    expect(() => spool(new GrpcSink(), {} as never)).toThrow("got an empty object");
    expect(() => spool(new GrpcSink(), { directory: "x", maxBytes: -1 })).toThrow("`maxBytes` must be");
  });
});
