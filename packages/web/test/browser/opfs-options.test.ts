import type { DropReason } from "@rerun-ts/core";
import { GrpcSink, opfs, RecordingStream, spool, type RerunError } from "@rerun-ts/web";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { FetchServer } from "@rerun-ts/test-support/common/fetch-server";
import { camerasIn, isKeyFrame, logCameras } from "@rerun-ts/test-support/common/cameras";
import { frameOptions, framesIn, logFrames, range } from "@rerun-ts/test-support/common/frames";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { needStorage } from "./features.ts";

const { deleteRecording, openRecording } = opfs;

beforeEach(needStorage);

const MAX_AGE_MS = 400;
const BACKLOG = 250;
const PATIENCE = { timeout: 20_000, interval: 50 };
const page = globalThis as { showSaveFilePicker?: (() => Promise<FileSystemFileHandle>) | undefined };

interface Logged {
  readonly name: string;
  readonly recording: RecordingStream;
  readonly warnings: RerunError[];
  readonly drops: { readonly rows: number; readonly reason: DropReason }[];
}

/** A recording, and a name for it or its spool. */
function newRecording(): Logged {
  const name = `options ${crypto.randomUUID()}`;
  const [warnings, drops]: [Logged["warnings"], { rows: number; reason: DropReason }[]] = [[], []];
  const recording = new RecordingStream("opfs", frameOptions(0, warnings));
  recording.addEventListener("drop", ({ rows, reason }) => drops.push({ rows, reason }));
  onTestFinished(async () => {
    await recording.close({ timeoutMs: 0 }).catch(() => {});
    await deleteRecording(name);
  });
  return { name, recording, warnings, drops };
}

async function bytesOf(name: string): Promise<Uint8Array> {
  return new Uint8Array(await new Response((await openRecording(name)).stream()).arrayBuffer());
}

/** Logs a frame now and then, from `frame` on, until a condition holds. Returns how many were logged then. */
async function logUntil(
  recording: RecordingStream,
  isOver: () => boolean | Promise<boolean>,
  frame = 0,
): Promise<number> {
  let logged = frame;
  await expect
    .poll(async () => {
      logFrames(recording, logged, ++logged);
      await recording.flush();
      return isOver();
    }, PATIENCE)
    .toBe(true);
  return logged;
}

it("a recording with `maxAgeMs` loses what is older, does not count it, and keeps what is new or static", async () => {
  const { name, recording, drops } = newRecording();
  await recording.saveToOpfs(name, { onFull: "drop-oldest", maxAgeMs: MAX_AGE_MS });
  const logged = await logUntil(recording, async () => !framesIn(await bytesOf(name)).includes(0));
  const rrd = await bytesOf(name);
  const frames = framesIn(rrd);
  expect(frames).toEqual(range(logged - frames.length, logged));
  expect(readChunks(rrd).map(({ entityPath }) => entityPath)).toContain("/fixed");
  expect(drops).toEqual([]);
});

it("a recording with a limit keeps whole groups of pictures of each video", async () => {
  const { name, recording } = newRecording();
  await recording.saveToOpfs(name, { onFull: "drop-oldest", maxBytes: 1_000_000 });
  for (let frame = 0; frame < 1000; frame += 100) {
    logCameras(recording, frame, frame + 100);
    await recording.flush();
    for (const [camera, frames] of camerasIn(await bytesOf(name))) {
      const [first = -1] = frames;
      expect([isKeyFrame(camera, first), frames]).toEqual([true, range(first, frame + 100)]);
    }
  }
  expect(camerasIn(await bytesOf(name)).get("/left")?.[0]).toBeGreaterThan(700);
});

it("a spool with `maxAgeMs` drops what is older, counted with the reason, and sends the rest", async () => {
  const server = new FetchServer();
  server.behaviour = { isAbsent: true };
  const { name, recording, drops } = newRecording();
  await recording.setSink(spool(new GrpcSink(undefined, { fetch: server.fetch }), { name, maxAgeMs: MAX_AGE_MS }));
  // 20 MB: what is in flight may arrive all the same, and does not count.
  logFrames(recording, 0, BACKLOG, 10_000);
  const logged = await logUntil(recording, () => drops.length > 0, BACKLOG);
  server.behaviour = {};
  expect(await recording.flush({ ack: true })).toMatchObject({ complete: false, pendingBytes: 0 });
  const frames = framesIn(server.toRrd());
  expect(drops.every(({ reason }) => reason === "expired")).toBe(true);
  const dropped = drops.reduce((sum, { rows }) => sum + rows, 0);
  expect(frames.length).toBeGreaterThan(0);
  expect(recording.stats().sinks[0]?.droppedRows).toBe(dropped);
  expect(new Set(frames).size + dropped).toBe(logged);
  expect(frames.at(-1)).toBe(logged - 1);
});

it("`persist` asks the browser to keep the data, and a refusal is a warning", async () => {
  let asked = 0;
  const answer = (isKept: boolean): void => {
    Object.assign(navigator.storage, { persisted: async () => false, persist: async () => (asked++, isKept) });
  };
  onTestFinished(() => {
    for (const method of ["persisted", "persist"]) Reflect.deleteProperty(navigator.storage, method);
  });
  answer(true);
  const kept = newRecording();
  await kept.recording.saveToOpfs(kept.name, { persist: true });
  expect([asked, kept.warnings]).toEqual([1, []]);
  answer(false);
  const refused = newRecording();
  await refused.recording.saveToOpfs(refused.name, { persist: true });
  expect(asked).toBe(2);
  expect(refused.warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining("the browser does not promise to keep the recording"),
  ]);
  const other = newRecording();
  await other.recording.saveToOpfs(other.name);
  expect(asked).toBe(2);
});

it("unknown options are rejected with all that the call has", async () => {
  const { name, recording } = newRecording();
  await expect(recording.saveToOpfs(name, { on_full: "error" } as object)).rejects.toThrow(
    /did you mean `onFull`.* is not an option of `saveToOpfs`; known options: .*defaultBlueprint$/,
  );
  const url = "rerun+http://127.0.0.1:1/proxy";
  await expect(recording.connectGrpc(url, { waitForConection: true } as object)).rejects.toThrow(
    /did you mean `waitForConnection`.* is not an option of `connectGrpc`; known options: .*signal$/,
  );
});

it("a recording is saved to the file that the user picks", async () => {
  const { name, recording } = newRecording();
  await recording.saveToOpfs(name);
  logFrames(recording, 0, 100);
  await recording.close();
  const root = await navigator.storage.getDirectory();
  const picked = await root.getFileHandle("picked.rrd", { create: true });
  const { showSaveFilePicker } = page;
  page.showSaveFilePicker = async () => picked;
  onTestFinished(async () => {
    page.showSaveFilePicker = showSaveFilePicker;
    await root.removeEntry("picked.rrd");
  });
  await (await openRecording(name)).saveToPicker();
  const saved = new Uint8Array(await (await picked.getFile()).arrayBuffer());
  expect(framesIn(saved)).toEqual(range(0, 100));
  expect(saved).toEqual(await bytesOf(name));
  page.showSaveFilePicker = () => Promise.reject(new DOMException("cancelled", "AbortError"));
  await expect((await openRecording(name)).saveToPicker()).rejects.toMatchObject({ code: "ABORTED" });
});
