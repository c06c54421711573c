import type { BlueprintLike, TimeValue } from "@rerun-ts/core";
import { checkOptions, invalidArgument, isUrl, nonNegative, type OptionNames } from "@rerun-ts/core/checks";
import type { PictureSize } from "./headless-viewer.ts";
import { checkDrawn, TIMEOUT_MS } from "./render-options.ts";

/** The part of a film that is drawn. */
export interface RenderVideoProgress {
  /** The number of pictures that are drawn. */
  readonly pictures: number;
  /** The number of pictures of the whole film. */
  readonly totalPictures: number;
}

/** The part of a recording that a film shows, its looks, and the programs that make it. */
export interface RenderVideoOptions {
  /** The layout. Default: that of the recording, or the viewer's choice. */
  blueprint?: BlueprintLike | undefined;
  /** The name or the id of the only view to draw. Default: all views. */
  view?: string | undefined;
  /** The timeline along which the film runs. Default: that of the viewer. */
  timeline?: string | undefined;
  /** The time of the first picture. A bigint is in the unit of the timeline. Default: the beginning of the timeline. */
  from?: TimeValue | undefined;
  /** The limit of the times of pictures, inclusive. Default: the end of the timeline. */
  to?: TimeValue | undefined;
  /** Pictures per second of the film. A GIF has at most 50. Default 30. */
  fps?: number | undefined;
  /**
   * The time from a picture to the next: numbers of a sequence, or seconds. Default: 1 for a sequence, and otherwise
   * `1 / fps`, with which the film runs as fast as the recording.
   */
  step?: number | undefined;
  /** The size of the viewer, in pixels. A view drawn alone is smaller. Default 800 × 600. */
  size?: PictureSize | undefined;
  /** Whether to draw the panels around the views. Default `false`. */
  panels?: boolean | undefined;
  /** The path of the viewer's program. Default: as of `spawn`. */
  executablePath?: string | undefined;
  /** The path of FFmpeg. Default: `ffmpeg` in `PATH`. */
  ffmpegPath?: string | URL | undefined;
  /** Receives the progress after each picture. Default: none. */
  onProgress?: ((progress: RenderVideoProgress) => void) | undefined;
  /** The longest duration of a picture, in milliseconds. Default 60,000. */
  timeoutMs?: number | undefined;
  /** Ends the call early. Default: none. */
  signal?: AbortSignal | undefined;
}

const OPTIONS: OptionNames<RenderVideoOptions> = {
  blueprint: 1,
  view: 1,
  timeline: 1,
  from: 1,
  to: 1,
  fps: 1,
  step: 1,
  size: 1,
  panels: "boolean",
  executablePath: 1,
  ffmpegPath: 1,
  onProgress: "function",
  timeoutMs: 1,
  signal: 1,
};
export const FPS = 30;
const MAX_FPS = 240;
/** The duration of a picture of a GIF is at least 2/100 s. */
const MAX_GIF_FPS = 50;

/** Checks the path and the options of a film. @throws {TypeError} or {RangeError} if one is wrong */
export function checkFilm(path: string | URL, options: RenderVideoOptions): void {
  if ((typeof path !== "string" && !isUrl(path)) || !/\.(?:mp4|gif)$/i.test(String(path)))
    throw invalidArgument("path", "the path of a file that ends in .mp4 or .gif", path);
  checkOptions("renderVideo", options, OPTIONS);
  checkDrawn(options);
  const { timeline, fps = FPS, step, ffmpegPath, timeoutMs = TIMEOUT_MS } = options;
  nonNegative("timeoutMs", timeoutMs);
  const most = isGif(path) ? MAX_GIF_FPS : MAX_FPS;
  if (!(typeof fps === "number" && fps > 0 && fps <= most))
    throw invalidArgument("fps", `a positive number up to ${most}`, fps);
  if (step !== undefined && !(typeof step === "number" && step > 0 && Number.isFinite(step)))
    throw invalidArgument("step", "a positive number", step);
  if (timeline !== undefined && typeof timeline !== "string")
    throw invalidArgument("timeline", "the name of a timeline", timeline);
  if (ffmpegPath !== undefined && typeof ffmpegPath !== "string" && !isUrl(ffmpegPath))
    throw invalidArgument("ffmpegPath", "the path of FFmpeg", ffmpegPath);
}

/** Whether a film is a GIF, by its name. */
export function isGif(path: string | URL): boolean {
  return /\.gif$/i.test(String(path));
}
