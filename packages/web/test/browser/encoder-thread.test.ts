import { RecordingStream, logImageBitmap, video } from "@rerun-ts/web";
import { afterEach, describe, expect, it, vi } from "vitest";
import { needEncoder } from "./features.ts";

describe("the worker that encodes", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  it("is created from the package's own file, for images and for video", async (test) => {
    await needEncoder(test, "vp8");
    const created: URL[] = [];
    const { Worker } = globalThis;
    class ObservedWorker extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        created.push(new URL(url, location.href));
      }
    }
    vi.stubGlobal("Worker", ObservedWorker);
    const inPage = [vi.spyOn(OffscreenCanvas.prototype, "convertToBlob"), vi.spyOn(VideoEncoder.prototype, "encode")];
    const { recording, warnings } = newRecording();
    expect(await logImageBitmap(recording, "image", paintedCanvas(), { encoding: "png" })).toBe(true);
    const frame = new VideoFrame(paintedCanvas(), { timestamp: 0 });
    expect(await video.logVideoFrame(recording, "video", frame, { codec: "VP8" })).toBe(true);
    frame.close();
    expect(created.map(({ pathname }) => pathname.split("/").at(-1))).toEqual([
      "encoder-worker.js",
      "encoder-worker.js",
    ]);
    expect(created.map(({ protocol }) => protocol)).toEqual([location.protocol, location.protocol]);
    for (const encode of inPage) expect(encode).not.toHaveBeenCalled();
    expect(warnings).toEqual([]);
  });

  it("is replaced by the page's own thread if its file is missing, and a warning says what to do", async () => {
    const { Worker } = globalThis;
    class MissingWorker extends Worker {
      constructor() {
        super("/no-such-worker.js", { type: "module" });
      }
    }
    vi.stubGlobal("Worker", MissingWorker);
    const { recording, warnings } = newRecording();
    expect(await logImageBitmap(recording, "image", paintedCanvas())).toBe(true);
    expect(warnings).toEqual([
      "the page's own thread encodes, because its worker did not start: its file could not be loaded; " +
        "pass `createWorker` to name the file `@rerun-ts/web/encoder-worker`",
    ]);
  });
});

function paintedCanvas(): OffscreenCanvas {
  const canvas = new OffscreenCanvas(64, 48);
  canvas.getContext("2d")?.fillRect(0, 0, 8, 8);
  return canvas;
}

function newRecording(): { recording: RecordingStream; warnings: string[] } {
  const recording = new RecordingStream("page", { sendProperties: false });
  const warnings: string[] = [];
  recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
  return { recording, warnings };
}
