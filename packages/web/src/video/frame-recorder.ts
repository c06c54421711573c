import type { EntityPathLike, RecordingStream, RecordingView, RerunError } from "@rerun-ts/core";
import type { WebVideoCodec } from "./video-codec.ts";
import type { ResolvedVideoOptions } from "./video-options.ts";
import type { VideoStats } from "./video-stats.ts";

/** Destination of frames. */
export interface VideoTarget {
  readonly recording: RecordingStream;
  readonly path: EntityPathLike;
  readonly options: ResolvedVideoOptions;
  /** Called when recording has failed and no more frames are logged. */
  onError(error: RerunError): void;
  /** Called if the recording was closed, so that further frames would be captured for nothing. */
  readonly onClosed: () => void;
}

/** Time when a frame was captured. */
export interface CaptureTime {
  /** In milliseconds since 1970, with a fraction. */
  readonly epochMs: number;
  /** The recording at the capture time, if it was frozen then. */
  readonly view?: RecordingView | undefined;
}

/** Logs frames as a video stream, or as separate images. */
export interface FrameRecorder {
  /** The codec that was chosen. */
  readonly codec: WebVideoCodec;
  /** Statistics so far. */
  readonly stats: VideoStats;
  /**
   * Captures the current content of an image, a canvas, a video element or a frame. Resolves to `true` if the frame is
   * logged, and to `false` if it is dropped. Never rejects: the first frame that cannot be read or encoded is reported,
   * and all such frames count as dropped.
   *
   * @param time the capture time. Default: now
   */
  capture(source: FrameSource, time?: CaptureTime): Promise<boolean>;
  /** Reads all frames of a stream, in another thread if there is one. Settles when it has ended. */
  readStream?(stream: ReadableStream<VideoFrame>): Promise<void>;
  /** Settles when all captured frames are logged. */
  finish(): Promise<void>;
  /** Ends immediately. */
  abort(): void;
}

/** Something that shows a frame. */
export type FrameSource = HTMLCanvasElement | OffscreenCanvas | HTMLVideoElement | VideoFrame;
