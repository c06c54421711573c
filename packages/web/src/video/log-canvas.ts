import type { EntityPathLike, RecordingStream } from "@rerun-ts/core";
import { describeValue, kindOf } from "@rerun-ts/core/checks";
import type { FrameRecorder } from "./frame-recorder.ts";
import { nextFrame } from "./next-frame.ts";
import { startCapture, wrongSource, type VideoCapture } from "./video-capture.ts";
import type { VideoOptions } from "./video-options.ts";

/**
 * Logs a canvas as a video stream, until `stop` is called. It captures at most `fps` times a second, whenever the page
 * draws. The frames are encoded by WebCodecs in a worker. In a browser without WebCodecs, they are logged as JPEG
 * images. `log_time` is the time of capture.
 *
 * Frames are captured after the page's own animation frames, so WebGL canvases need no `preserveDrawingBuffer`. Hidden
 * pages draw nothing, and log nothing. If the encoder is too slow, some frames are dropped before encoding, and
 * counted.
 *
 * @example
 * const video = rr.video.logCanvas(rec, "game", canvas, { fps: 30 });
 * addEventListener("pagehide", () => void video.stop());
 */
export function logCanvas(
  recording: RecordingStream,
  path: EntityPathLike,
  canvas: HTMLCanvasElement | OffscreenCanvas,
  options: VideoOptions = {},
): VideoCapture {
  const source = {
    size: async () => {
      if (!isCanvas(canvas)) throw wrongSource("canvas", "a canvas or an OffscreenCanvas", describeValue(canvas));
      return canvas;
    },
    run: (recorder: FrameRecorder, { fps }: { readonly fps: number }, signal: AbortSignal) =>
      captureFrames(canvas, recorder, 1000 / fps, signal),
  };
  return startCapture("logCanvas", recording, path, source, options);
}

function isCanvas(value: unknown): boolean {
  return ["HTMLCanvasElement", "OffscreenCanvas"].includes(kindOf(value));
}

async function captureFrames(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  recorder: FrameRecorder,
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (let due = performance.now(); ;) {
    await nextFrame(due, signal);
    if (signal.aborted) return;
    const now = performance.now();
    due = Math.max(due + intervalMs, now);
    // A canvas that is not laid out yet has no pixels, and therefore no frame.
    if (canvas.width > 0 && canvas.height > 0) void recorder.capture(canvas);
  }
}
