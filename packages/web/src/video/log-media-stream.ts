import type { EntityPathLike, RecordingStream } from "@rerun-ts/core";
import { describeValue, kindOf } from "@rerun-ts/core/checks";
import type { FrameRecorder } from "./frame-recorder.ts";
import { captureElement } from "./capture-element.ts";
import { startCapture, wrongSource, type VideoCapture } from "./video-capture.ts";
import type { VideoOptions } from "./video-options.ts";

/** The class of Chromium that turns a track into a stream of frames, which TypeScript does not declare. */
type TrackProcessor = new (options: { readonly track: MediaStreamTrack; readonly maxBufferSize: number }) => {
  readonly readable: ReadableStream<VideoFrame>;
};

/** Number of frames that may be buffered between a camera and the thread that encodes. */
const BUFFERED_FRAMES = 2;
/** The assumed size for choosing a codec if a track does not state its size. */
const USUAL_SIZE = { width: 640, height: 480 };

/**
 * Logs the video of a camera, a screen or another `MediaStream` as a video stream. It ends with the track, or by
 * `stop`. In a browser with `MediaStreamTrackProcessor`, the page's thread never sees the frames: a worker reads and
 * encodes them. Otherwise a video element plays the stream. In a browser without WebCodecs, frames are logged as JPEG
 * images. `log_time` is the time of capture. The track is not stopped.
 *
 * @param stream a stream (its first video track is used) or a video track
 * @example
 * const stream = await navigator.mediaDevices.getUserMedia({ video: true });
 * const video = rr.video.logMediaStream(rec, "camera", stream);
 * const { frames, dropped } = await video.ended; // once the user has stopped the camera
 */
export function logMediaStream(
  recording: RecordingStream,
  path: EntityPathLike,
  stream: MediaStream | MediaStreamTrack,
  options: VideoOptions = {},
): VideoCapture {
  const source = {
    size: async () => {
      const { width, height } = trackOf(stream).getSettings();
      return width === undefined || height === undefined ? USUAL_SIZE : { width, height };
    },
    run: (recorder: FrameRecorder, { fps }: { readonly fps: number }, signal: AbortSignal) =>
      captureTrack(trackOf(stream), recorder, fps, signal),
  };
  return startCapture("logMediaStream", recording, path, source, options);
}

function trackOf(stream: MediaStream | MediaStreamTrack): MediaStreamTrack {
  const track = kindOf(stream) === "MediaStream" ? (stream as MediaStream).getVideoTracks()[0] : stream;
  // Tracks of a canvas have the class `CanvasCaptureMediaStreamTrack`.
  if (kindOf(track).endsWith("MediaStreamTrack") && (track as MediaStreamTrack).kind === "video")
    return track as MediaStreamTrack;
  throw wrongSource("stream", "a MediaStream with a video track, or such a track", describeValue(stream));
}

async function captureTrack(
  track: MediaStreamTrack,
  recorder: FrameRecorder,
  fps: number,
  signal: AbortSignal,
): Promise<void> {
  const { MediaStreamTrackProcessor } = globalThis as { MediaStreamTrackProcessor?: TrackProcessor };
  if (MediaStreamTrackProcessor === undefined || recorder.readStream === undefined)
    return captureElement(track, recorder, fps, signal);
  const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: BUFFERED_FRAMES });
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([recorder.readStream(readable), stopped]);
}
