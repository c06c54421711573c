import { logImageBitmap, RecordingStream, video } from "@rerun-ts/web";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { needEncoder } from "./features.ts";

const { logCanvas, logVideoFrame } = video;

function createWorker(): Worker {
  return new Worker(new URL("../../dist/encoder-worker.js", import.meta.url), { type: "module" });
}

function paintedCanvas(): OffscreenCanvas {
  const canvas = new OffscreenCanvas(64, 48);
  canvas.getContext("2d")?.fillRect(0, 0, 8, 8);
  return canvas;
}

function newRecording() {
  const recording = new RecordingStream("page", { sendProperties: false });
  const warnings: string[] = [];
  recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
  return { recording, warnings, memory: recording.memoryRecording() };
}

describe("a worker that a page creates to encode", () => {
  afterEach(() => vi.restoreAllMocks());

  it("encodes images of all encodings", async () => {
    const inPage = vi.spyOn(OffscreenCanvas.prototype, "convertToBlob");
    const { recording, warnings, memory } = newRecording();
    const worker = vi.fn(createWorker);
    const encodings = ["jpeg", "png", "raw"] as const;
    const logged = encodings.map((encoding) =>
      logImageBitmap(recording, encoding, paintedCanvas(), { encoding, createWorker: worker }),
    );
    expect(await Promise.all(logged)).toEqual([true, true, true]);
    expect(readChunks(memory.drainAsBytes()).map(({ entityPath }) => entityPath)).toEqual(["/jpeg", "/png", "/raw"]);
    expect(worker).toHaveBeenCalledTimes(1);
    expect(inPage).not.toHaveBeenCalled();
    expect(warnings).toEqual([]);
  });

  it("encodes video", async (test) => {
    await needEncoder(test, "vp8");
    const inPage = vi.spyOn(VideoEncoder.prototype, "encode");
    const { recording, warnings, memory } = newRecording();
    const worker = vi.fn(createWorker);
    const frame = new VideoFrame(paintedCanvas(), { timestamp: 0 });
    expect(await logVideoFrame(recording, "video", frame, { codec: "VP8", createWorker: worker })).toBe(true);
    frame.close();
    expect(readChunks(memory.drainAsBytes()).filter(({ isStatic }) => !isStatic)).toHaveLength(1);
    expect(worker).toHaveBeenCalledTimes(1);
    expect(inPage).not.toHaveBeenCalled();
    expect(warnings).toEqual([]);
  });

  it("and that fails while it encodes has the frames in it counted as dropped, and ends the video with an error", async (test) => {
    await needEncoder(test, "vp8");
    const { recording } = newRecording();
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    let posted = 0;
    const worker = (): Worker => {
      const created = createWorker();
      const post = created.postMessage.bind(created);
      const postMessage = (message: { readonly type: string }, transfer: Transferable[]): void => {
        post(message, transfer);
        if (message.type !== "frame") return;
        posted++;
        const failure = new ErrorEvent("error", { message: "simulated" });
        if (posted === 3) queueMicrotask(() => created.dispatchEvent(failure));
      };
      Object.assign(created, { postMessage });
      return created;
    };
    let animation = 0;
    const paint = (): void => {
      context?.fillRect(posted, 0, 1, 1);
      animation = requestAnimationFrame(paint);
    };
    paint();
    const capture = logCanvas(recording, "game", canvas, { codec: "VP8", createWorker: worker });
    await expect(capture.ended).rejects.toThrow("the video of game cannot be encoded as VP8: simulated");
    cancelAnimationFrame(animation);
    const { frames, dropped } = capture.stats();
    expect(frames + dropped).toBe(posted);
  });

  it.each([
    ["has no file", () => new Worker("/no-such-worker.js"), "its file could not be loaded"],
    [
      "is another one",
      () => new Worker(URL.createObjectURL(new Blob(["postMessage('hello')"]))),
      "it cannot encode images: is its program `@rerun-ts/web/encoder-worker`?",
    ],
    [
      "is none",
      () => undefined as unknown as Worker,
      "`createWorker` must be a function that returns a Worker; it returned undefined",
    ],
  ])("and that %s is reported once, and the page's own thread encodes", async (_, worker, reason) => {
    const { recording, warnings, memory } = newRecording();
    const logged = [1, 2].map(() => logImageBitmap(recording, "image", paintedCanvas(), { createWorker: worker }));
    expect(await Promise.all(logged)).toEqual([true, true]);
    expect(readChunks(memory.drainAsBytes()).reduce((sum, { rows }) => sum + rows, 0)).toBe(2);
    expect(warnings).toEqual([
      expect.stringContaining(
        `the page's own thread encodes, because the worker of the option \`createWorker\` did not start: ${reason}`,
      ),
    ]);
  });
});
