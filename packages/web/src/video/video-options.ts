import type { TimePointLike } from "@rerun-ts/core";
import { checkOptions, nonNegative, type OptionNames, invalidArgument } from "@rerun-ts/core/checks";
import type { CreateWorker } from "../page/create-worker.ts";
import { VIDEO_CODECS, type WebVideoCodec } from "./video-codec.ts";

/** A captured frame, for {@link VideoOptions.time}. */
export interface CapturedFrame {
  /** The time of the capture, in milliseconds since 1970, with a fraction. */
  readonly epochMs: number;
  /** The number of earlier frames, including dropped ones. */
  readonly index: number;
}

/** Options of {@link logCanvas} and {@link logMediaStream}. */
export interface VideoOptions {
  /**
   * The codec. `"auto"`, the default, is the first of AV1, H264, VP9 and VP8 that the browser encodes, or else `"JPEG"`
   * (an `EncodedImage` for each frame). AV1 is shown by all viewers, H264 by the web viewer and, with ffmpeg installed,
   * by the native one, VP9 and VP8 by the web viewer only.
   */
  codec?: WebVideoCodec | "auto" | undefined;
  /** The bit rate in bits per second. Default: a tenth of a bit for each pixel of each frame, at least 200,000. */
  bitrate?: number | undefined;
  /** The maximum number of frames per second. Default 30. */
  fps?: number | undefined;
  /** The time between key frames in milliseconds. Viewers decode from the last one before their time. Default 2,000. */
  keyframeIntervalMs?: number | undefined;
  /** The quality of `"JPEG"`, from 0 to 100. Default 80. */
  quality?: number | undefined;
  /** The maximum number of frames pending for the encoder. Further ones are dropped, and counted. Default 4. */
  maxPending?: number | undefined;
  /**
   * Whether a worker thread encodes. Default `true`. The page's own thread encodes if no worker starts.
   */
  thread?: boolean | undefined;
  /**
   * Creates the encoding worker, from the file `@rerun-ts/web/encoder-worker`. Default: from the file beside the
   * modules of this package. Vite, webpack and import maps find it.
   */
  createWorker?: CreateWorker | undefined;
  /**
   * Additional times of each frame. `log_time` is always the time of its capture. Default: those of the recording at
   * the capture of the frame (or at its arrival, if a worker reads the stream).
   */
  time?: ((frame: CapturedFrame) => TimePointLike) | undefined;
}

const OPTIONS: OptionNames<VideoOptions> = {
  codec: 1,
  bitrate: 1,
  fps: 1,
  keyframeIntervalMs: 1,
  quality: 1,
  maxPending: 1,
  thread: "boolean",
  createWorker: "function",
  time: "function",
};

/** The options with their defaults. */
export interface ResolvedVideoOptions {
  readonly codec: WebVideoCodec | "auto";
  readonly bitrate: number | undefined;
  readonly fps: number;
  readonly keyframeIntervalMs: number;
  readonly quality: number;
  readonly maxPending: number;
  readonly thread: boolean;
  readonly createWorker: CreateWorker | undefined;
  readonly time: ((frame: CapturedFrame) => TimePointLike) | undefined;
}

/** Checks the options, and adds the defaults. @throws {TypeError} if an option is wrong */
export function resolveVideoOptions(call: string, options: VideoOptions): ResolvedVideoOptions {
  checkOptions(call, options, OPTIONS);
  const { codec = "auto", bitrate, time, thread = true, createWorker } = options;
  const codecs = ["auto", ...VIDEO_CODECS, "JPEG"];
  if (!codecs.includes(codec)) throw invalidArgument("codec", `one of ${codecs.join(", ")}`, codec);
  return {
    codec,
    bitrate: bitrate === undefined ? undefined : positive("bitrate", bitrate),
    fps: positive("fps", options.fps ?? 30),
    keyframeIntervalMs: nonNegative("keyframeIntervalMs", options.keyframeIntervalMs ?? 2000),
    quality: nonNegative("quality", options.quality ?? 80),
    maxPending: positive("maxPending", options.maxPending ?? 4),
    thread,
    createWorker,
    time,
  };
}

function positive(name: string, value: number): number {
  if (typeof value === "number" && value > 0) return value;
  throw invalidArgument(name, "a positive number", value);
}
