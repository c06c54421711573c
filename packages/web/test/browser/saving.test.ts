import { CallbackSink, Image, MemorySink, RecordingStream, type types } from "@rerun-ts/web";
import { decodeRrd } from "@rerun-ts/core/decode";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nameOf } from "@rerun-ts/test-support/common/messages";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { needStorage } from "./features.ts";

type Picker = (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;

const page = globalThis as { showSaveFilePicker?: Picker | undefined };
const { showSaveFilePicker } = page;
const WIDTH = 1000;

/** A recording with this many megabytes of images. */
function record(megabytes: number): RecordingStream {
  const recording = new RecordingStream("page", { compression: "none", onError: () => {}, onWarning: () => {} });
  const data = new Uint8Array(WIDTH * 1000);
  for (let frame = 0; frame < megabytes; frame++) {
    recording.setTime("frame", frame);
    recording.log("image", new Image({ data, width: WIDTH, height: 1000 }));
  }
  return recording;
}

/** The number of images that a recording still has in memory. */
async function countImages(recording: RecordingStream): Promise<number> {
  const memory = new MemorySink();
  await recording.setSink(memory);
  return readChunks(memory.toBytes()).length;
}

describe("saveToPicker", () => {
  let file: FileSystemFileHandle;
  const suggestedNames: string[] = [];

  beforeEach(needStorage);
  beforeEach(async () => {
    const folder = await navigator.storage.getDirectory();
    file = await folder.getFileHandle("picked.rrd", { create: true });
    const writable = await file.createWritable();
    await writable.write("before");
    await writable.close();
    suggestedNames.length = 0;
    // Replaces the file picker, which needs a user.
    page.showSaveFilePicker = async ({ suggestedName }) => {
      suggestedNames.push(suggestedName);
      return file;
    };
  });
  afterEach(() => {
    page.showSaveFilePicker = showSaveFilePicker;
  });

  const contents = async (): Promise<Uint8Array> => new Uint8Array(await (await file.getFile()).arrayBuffer());

  it("writes everything that was logged into the chosen file, and reports progress", async () => {
    const recording = record(20);
    const progress: types.FileProgress[] = [];
    const { bytes } = await recording.saveToPicker(undefined, { onProgress: (step) => progress.push(step) });
    expect(suggestedNames).toEqual(["page.rrd"]);
    const written = await contents();
    expect(written.byteLength).toBe(bytes);
    expect(progress.length).toBeGreaterThan(2);
    expect(progress.at(-1)).toEqual({ bytes, totalBytes: bytes });
    expect(progress.map((step) => step.bytes)).toEqual(progress.map((step) => step.bytes).sort((a, b) => a - b));
    const memory = new MemorySink();
    await recording.setSink(memory);
    expect(decodeRrd(written).map(nameOf)).toEqual(decodeRrd(memory.toBytes()).map(nameOf));
    // The data of a memory sink can be saved too; with `drain` it is removed.
    recording.log("more", new Image({ data: new Uint8Array(12), width: 2, height: 2 }));
    await recording.saveToPicker("other.rrd", { drain: true });
    expect(decodeRrd(await contents()).length).toBe(decodeRrd(written).length + 1);
    expect(memory.numMessages).toBe(0);
    expect(suggestedNames.at(-1)).toBe("other.rrd");
  });

  it("yields to the page while it writes a large file", async () => {
    const recording = record(100);
    let turns = 0;
    const timer = setInterval(() => turns++);
    const { bytes } = await recording.saveToPicker(undefined, { drain: true });
    clearInterval(timer);
    expect(bytes).toBeGreaterThan(100e6);
    expect(turns).toBeGreaterThan(10);
  });

  it("leaves the file unchanged when it is aborted", async () => {
    const stop = new AbortController();
    const saving = record(20).saveToPicker("a.rrd", { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(saving).rejects.toMatchObject({ code: "ABORTED" });
    expect(new TextDecoder().decode(await contents())).toBe("before");
  });

  it("removes nothing with `drain` unless the file is complete, and never what was logged meanwhile", async () => {
    const recording = record(20);
    const stop = new AbortController();
    const aborted = recording.saveToPicker("a.rrd", {
      drain: true,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
    const image = new Image({ data: new Uint8Array(12), width: 2, height: 2 });
    await recording.saveToPicker("a.rrd", { drain: true, onProgress: () => recording.log("image", image) });
    expect(readChunks(await contents()).length).toBe(20);
    expect(await countImages(recording)).toBeGreaterThan(0);
  });

  it.each([
    [new DOMException("The user aborted a request.", "AbortError"), "ABORTED", /no file was chosen/],
    [new DOMException("Must be handling a user gesture", "SecurityError"), "UNSUPPORTED", /only after a click/],
    [new DOMException("no", "NotAllowedError"), "IO_ERROR", /no/],
  ])("rejects with the reason why no file was chosen: %s", async (error, code, message) => {
    page.showSaveFilePicker = async () => {
      throw error;
    };
    await expect(record(0).saveToPicker()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("rejects with instructions if the browser has no file picker, or no sink keeps data", async () => {
    page.showSaveFilePicker = undefined;
    await expect(record(0).saveToPicker()).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringMatching(/use `download`/),
    });
    const recording = record(0);
    await recording.setSink(new CallbackSink(() => {}));
    await expect(recording.saveToPicker()).rejects.toMatchObject({ message: expect.stringMatching(/MemorySink/) });
  });

  it("rejects with QUOTA if the disk is full", async () => {
    page.showSaveFilePicker = async () =>
      ({
        createWritable: async () => ({
          write: () => Promise.reject(new DOMException("No space", "QuotaExceededError")),
          abort: async () => {},
        }),
      }) as unknown as FileSystemFileHandle;
    const recording = record(3);
    await expect(recording.saveToPicker("a.rrd", { drain: true })).rejects.toMatchObject({ code: "QUOTA" });
    expect(await countImages(recording)).toBe(3);
  });
});

describe("download", () => {
  it("removes nothing with `drain` when it is aborted", async () => {
    const recording = record(20);
    const stop = new AbortController();
    const aborted = recording.download("a.rrd", {
      drain: true,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
    expect(await countImages(recording)).toBe(20);
  });
});
