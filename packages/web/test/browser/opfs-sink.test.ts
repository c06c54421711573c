import { MemorySink, opfs, OpfsSink, RecordingStream, TextDocument, type RerunError, type types } from "@rerun-ts/web";
import { decodeRrd } from "@rerun-ts/core/decode";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { frameOptions, framesIn, logFrames, range } from "@rerun-ts/test-support/common/frames";
import { nameOf } from "@rerun-ts/test-support/common/messages";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { describeSinkContract } from "@rerun-ts/test-support/common/sink-contract";
import { failingStorage } from "./failing-storage.ts";
import { needStorage } from "./features.ts";

const { deleteRecording, listRecordings, openRecording, storageEstimate } = opfs;

beforeEach(needStorage);

let count = 0;
const newName = (): string => `tests/${crypto.randomUUID()} ${count++}`;

function workerOf(program: string): Worker {
  return new Worker(URL.createObjectURL(new Blob([program], { type: "text/javascript" })));
}

function fail(message: string): never {
  throw new TypeError(message);
}

async function bytesOf(name: string): Promise<Uint8Array> {
  const recording = await openRecording(name);
  return new Uint8Array(await (await recording.file()).arrayBuffer());
}

describeSinkContract(
  "OpfsSink",
  () => {
    const name = newName();
    const sink = new OpfsSink(name);
    return {
      sink,
      read: async () => [await bytesOf(name)],
      async cleanUp() {
        await sink.close();
        await deleteRecording(name);
      },
    };
  },
  { hasFooter: true, isAsynchronous: true },
);

describe("OpfsSink", () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  });

  interface Logged {
    readonly recording: RecordingStream;
    readonly warnings: RerunError[];
    readonly drops: { rows: number }[];
  }

  async function record(
    name: string,
    from: number,
    to: number,
    options?: types.OpfsSinkOptions,
    values = 1,
  ): Promise<Logged> {
    const [warnings, drops]: [RerunError[], { rows: number }[]] = [[], []];
    const recording = new RecordingStream("opfs", frameOptions(from, warnings));
    recording.addEventListener("drop", (drop) => drops.push(drop));
    cleanUps.push(() => recording.close().catch(() => {}));
    await recording.saveToOpfs(name, options);
    logFrames(recording, from, to, values);
    return { recording, warnings, drops };
  }

  it("continues a recording in several segments, which is read as one file, and lists and deletes it", async () => {
    const name = newName();
    // 8 MB: two segments.
    const first = await record(name, 0, 100, {}, 10_000);
    await first.recording.close();
    const second = await record(name, 100, 150, {}, 10_000);
    await second.recording.flush();
    expect((await listRecordings()).find((found) => found.name === name)).toMatchObject({ isBeingWritten: true });
    await expect(deleteRecording(name)).rejects.toMatchObject({ code: "IO_ERROR" });
    await second.recording.close();
    const opened = await openRecording(name);
    const rrd = new Uint8Array(await new Response(opened.stream()).arrayBuffer());
    expect(framesIn(rrd)).toEqual(range(0, 150));
    expect(opened.cutBytes).toBe(0);
    expect(decodeRrd(rrd).filter(({ kind }) => kind === "storeInfo")).toHaveLength(2);
    expect((await storageEstimate()).usedBytes).toBeGreaterThan(12e6);
    const memory = new MemorySink();
    await opened.sendTo(memory);
    expect(framesIn(memory.toBytes())).toEqual(range(0, 150));
    await deleteRecording(name);
    await expect(openRecording(name)).rejects.toMatchObject({ code: "NOT_FOUND", argument: "name" });
    expect((await listRecordings()).map((found) => found.name)).not.toContain(name);
  });

  it("drops and counts rows while its disk fails, says so, and goes on after that", async () => {
    const name = newName();
    cleanUps.push(() => deleteRecording(name));
    const storage = failingStorage();
    cleanUps.push(() => storage.end());
    const { recording, warnings, drops } = await record(name, 0, 10, { createWorker: storage.createWorker });
    await recording.flush();
    await storage.fail(true);
    logFrames(recording, 10, 20);
    recording.log("note", new TextDocument("static"), { static: true });
    await expect(recording.flush()).rejects.toMatchObject({
      code: "IO_ERROR",
      message: expect.stringMatching(/^cannot write to the recording .*: the disk fails; \d+ bytes of .* are kept/),
    });
    expect(warnings.map(({ message }) => message).join()).toContain("new data is dropped until that works");
    await storage.fail(false);
    await recording.flush();
    logFrames(recording, 20, 40);
    await recording.flush();
    await recording.close();
    const rrd = await bytesOf(name);
    expect(framesIn(rrd)).toEqual([...range(0, 10), ...range(20, 40)]);
    // The static data of these rows and the note are stored nevertheless.
    expect(drops.reduce((sum, { rows }) => sum + rows, 0)).toBe(12);
    expect(readChunks(rrd).some(({ entityPath }) => entityPath === "/note")).toBe(true);
  });

  it("replaces a recording if asked to", async () => {
    const name = newName();
    cleanUps.push(() => deleteRecording(name));
    await (await record(name, 0, 10)).recording.close();
    await (await record(name, 10, 20, { ifExists: "replace" })).recording.close();
    expect(framesIn(await bytesOf(name))).toEqual(range(10, 20));
  });

  it("refuses a recording of a later version of the package by name, and changes nothing in it", async () => {
    const name = newName();
    cleanUps.push(() => deleteRecording(name));
    await (await record(name, 0, 10)).recording.close();
    const folder = await folderOf(name);
    await overwrite(await folder.getFileHandle("d00000099.v2.rrd", { create: true }), 0, new Uint8Array([1, 2, 3]));
    const [listed] = (await listRecordings()).filter((recording) => recording.name === name);
    for (const ifExists of ["append", "replace"] as const)
      await expect(record(name, 10, 20, { ifExists })).rejects.toMatchObject({
        code: "UNSUPPORTED",
        message: expect.stringMatching(/d00000099[.]v2[.]rrd .* layout is 2, .* knows 1; update this program/),
      });
    await expect(openRecording(name)).rejects.toMatchObject({ code: "UNSUPPORTED" });
    expect((await listRecordings()).filter((recording) => recording.name === name)).toEqual([listed]);
    await folder.removeEntry("d00000099.v2.rrd");
    expect(framesIn(await bytesOf(name))).toEqual(range(0, 10));
  });

  it("keeps the newest data and what is static, within its limits, with `drop-oldest`", async () => {
    const name = newName();
    cleanUps.push(() => deleteRecording(name));
    const options: types.OpfsSinkOptions = { onFull: "drop-oldest", maxBytes: 4e6 };
    const { recording, drops } = await record(name, 0, 200, options, 10_000);
    expect(await recording.flush()).toMatchObject({ complete: true });
    const rrd = await bytesOf(name);
    expect(rrd.byteLength).toBeLessThan(4.1e6);
    const frames = framesIn(rrd);
    expect(frames.length).toBeGreaterThan(30);
    expect(frames).toEqual(range(200 - frames.length, 200));
    expect(readChunks(rrd).map(({ entityPath }) => entityPath)).toContain("/fixed");
    expect(drops).toEqual([]);
  });

  it("stops at `maxBytes` with the code QUOTA, and says what is kept", async () => {
    const name = newName();
    cleanUps.push(() => deleteRecording(name));
    const { recording } = await record(name, 0, 200, { maxBytes: 4e6 }, 10_000);
    const failure = await recording.flush().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "QUOTA",
      message: expect.stringMatching(/39\d\d\d\d\d bytes of .* are kept/),
    });
    const frames = framesIn(await bytesOf(name));
    expect(frames).toEqual(range(0, frames.length));
    expect(recording.stats().sinks[0]).toMatchObject({ state: "broken", droppedRows: 200 - frames.length });
  });

  it("refuses a second writer, and names that are wrong", async () => {
    const name = newName();
    cleanUps.push(() => deleteRecording(name));
    await record(name, 0, 1);
    const other = new RecordingStream("other", { onError: () => {}, onWarning: () => {} });
    await expect(other.saveToOpfs(name)).rejects.toMatchObject({
      code: "IO_ERROR",
      message: expect.stringMatching(/another tab, or an earlier version of a module of this page, is writing to it/),
    });
    expect(() => new OpfsSink("")).toThrow('`name` must be a non-empty string, got ""');
    expect(() => new OpfsSink("\ud800")).toThrow('`name` must be well-formed Unicode, got "\\ud800"');
    expect(() => new OpfsSink("x", { maxAgeMs: 1 })).toThrow("`maxAgeMs` must be used with");
    expect(() => new OpfsSink("x", { createWorker: 1 as never })).toThrow("`createWorker` must be a function");
  });

  it.each<[string, () => Worker, RegExp]>([
    ["is not there", () => new Worker("/not-there.js", { type: "module" }), /could not be started, or failed/],
    ["is refused", () => fail("This document requires 'TrustedScriptURL'"), /failed: This document requires 'Tr/],
    ["is none", () => undefined as never, /failed: Cannot read properties of undefined/],
    [
      "is another program",
      () => workerOf("postMessage({ images: true, video: true })"),
      /another program, or an older/,
    ],
    ["is older", () => workerOf('onmessage = () => postMessage({ type: "opened" })'), /another program, or an older/],
    [
      "is of another version",
      () => workerOf('postMessage({ type: "started", version: "0.0.1" })'),
      /is of version 0\.0\.1, and must be `@rerun-ts\/web\/opfs-worker` of version/,
    ],
  ])("reports a worker that %s", async (_, createWorker, message) => {
    const recording = new RecordingStream("broken", { onError: () => {}, onWarning: () => {} });
    const error = await recording.saveToOpfs(newName(), { createWorker }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "UNSUPPORTED", argument: "createWorker" });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toMatch(/; see the option `createWorker`$/);
  });

  it("reports a worker that starts and never answers, instead of connecting for ever", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    cleanUps.push(() => vi.useRealTimers());
    const recording = new RecordingStream("silent", { onError: () => {}, onWarning: () => {} });
    const saving = recording.saveToOpfs(newName(), { createWorker: () => workerOf("") });
    const failed = saving.catch((reason: unknown) => reason);
    const frame = (): Promise<"waiting"> => new Promise((resolve) => requestAnimationFrame(() => resolve("waiting")));
    let failure: unknown = await Promise.race([failed, frame()]);
    while (failure === "waiting") {
      vi.advanceTimersByTime(10_000);
      failure = await Promise.race([failed, frame()]);
    }
    expect(failure).toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringMatching(/did not start within 10000 ms; see the option `createWorker`$/),
    });
  });

  it("counts everything as dropped that a worker has not written which has ended", async () => {
    const name = newName();
    let worker: Worker | undefined;
    cleanUps.push(() => deleteRecording(name));
    const createWorker = (): Worker =>
      (worker = new Worker(new URL("../../dist/opfs-worker.js", import.meta.url), { type: "module" }));
    const { recording } = await record(name, 0, 10, { createWorker });
    await recording.flush();
    worker?.terminate();
    logFrames(recording, 10, 30);
    expect(await recording.close()).toMatchObject({ complete: false });
    const read = framesIn(await bytesOf(name));
    expect(read).toEqual(range(0, read.length));
    // The first call logs a static row as well.
    expect(recording.stats().sinks[0]?.droppedRows).toBeGreaterThanOrEqual(30 - read.length);
    expect(recording.stats().sinks[0]?.queuedBytes).toBe(0);
  });

  it("stores before the user has answered whether the data may be kept", async () => {
    const name = newName();
    cleanUps.push(() => deleteRecording(name));
    const asked = vi.spyOn(navigator.storage, "persist").mockReturnValue(new Promise(() => {}));
    const known = vi.spyOn(navigator.storage, "persisted").mockResolvedValue(false);
    cleanUps.push(() => [asked, known].map((spy) => spy.mockRestore()));
    const { recording } = await record(name, 0, 10, { persist: true });
    expect(await recording.flush()).toMatchObject({ complete: true });
    expect(asked).toHaveBeenCalledOnce();
    expect(framesIn(await bytesOf(name))).toEqual(range(0, 10));
  });

  async function folderOf(name: string): Promise<FileSystemDirectoryHandle> {
    const root = await navigator.storage.getDirectory();
    const area = await (await root.getDirectoryHandle("rerun-ts")).getDirectoryHandle("recordings");
    return area.getDirectoryHandle(encodeURIComponent(name));
  }

  /** Changes a file as a crash might. `at` is a position, from the end if it is negative. */
  async function overwrite(file: FileSystemFileHandle, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const writable = await file.createWritable({ keepExistingData: true });
    await writable.seek(at < 0 ? (await file.getFile()).size + at : at);
    await writable.write(bytes);
    await writable.close();
  }

  it("is read without damaged messages, and without a segment of which a crash left only the beginning", async () => {
    const name = newName();
    cleanUps.push(() => deleteRecording(name));
    const { recording } = await record(name, 0, 0);
    for (const frame of range(0, 3)) {
      logFrames(recording, frame, frame + 1, 100);
      await recording.flush();
    }
    await recording.close();
    const folder = await folderOf(name);
    await overwrite(await folder.getFileHandle("d00000001.v1.rrd"), -1500, new Uint8Array(500).fill(255));
    await overwrite(await folder.getFileHandle("d00000002.v1.rrd", { create: true }), 0, new Uint8Array([82, 82, 70]));
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    cleanUps.push(() => warned.mockRestore());
    expect((await openRecording(name)).cutBytes).toBe(3);
    expect(framesIn(await bytesOf(name))).toEqual([0, 1]);
    expect(warned.mock.calls.flat().join()).toMatch(/bytes of the recording ".*" are damaged and left out/);
  });

  it("cuts off a message that is incomplete, and reports it", async () => {
    const name = newName();
    cleanUps.push(() => deleteRecording(name));
    await (await record(name, 0, 10)).recording.close();
    const file = await (await folderOf(name)).getFileHandle("d00000001.v1.rrd");
    await overwrite(file, (await file.getFile()).size, new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 99]));
    expect((await openRecording(name)).cutBytes).toBe(9);
    const { recording, warnings } = await record(name, 10, 20);
    await recording.close();
    expect(warnings[0]?.message).toContain("9 bytes of an incomplete message were cut off");
    expect((await openRecording(name)).cutBytes).toBe(0);
    const rrd = await bytesOf(name);
    expect(framesIn(rrd)).toEqual(range(0, 20));
    expect(new Set(decodeRrd(rrd).map(nameOf)).size).toBe(decodeRrd(rrd).length - 1);
  });
});
