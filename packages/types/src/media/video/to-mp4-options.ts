import type { TimeValue } from "@rerun-ts/core";
import type { OptionNames } from "@rerun-ts/core/checks";

/** The part of an MP4 file that is made. */
export interface Mp4Progress {
  /** The number of frames. */
  readonly frames: number;
  /** The number of frames at which a decoder can start. */
  readonly keyframes: number;
  /** The number of frames before the first key frame, which are left out. No decoder could show these frames. */
  readonly skippedFrames: number;
  /** The number of bytes. */
  readonly bytes: number;
  /** The time of the first frame on the timeline. `undefined` for an `AssetVideo`. */
  readonly start: bigint | undefined;
  /** The time of the last frame so far. `undefined` for an `AssetVideo`. */
  readonly end: bigint | undefined;
}

/** The part of a video that a film has, and its times. */
export interface ToMp4Options {
  /** The timeline of the times. Default: the only one of the video, apart from `log_time` and `log_tick`. */
  timeline?: string | undefined;
  /** The beginning. The film starts at the last key frame that is not later. Default: that of the video. */
  from?: TimeValue | undefined;
  /** The end, inclusive. Default: that of the video. */
  to?: TimeValue | undefined;
  /** Numbers of a timeline of sequence numbers per second. Such timelines need it. */
  fps?: number | undefined;
  /** Receives the progress about once for each MiB, and at the end. Default: none. */
  onProgress?: ((progress: Mp4Progress) => void) | undefined;
  /** Ends the call early. Default: none. */
  signal?: AbortSignal | undefined;
}

export const TO_MP4_OPTIONS: OptionNames<ToMp4Options> = {
  timeline: 1,
  from: 1,
  to: 1,
  fps: 1,
  onProgress: "function",
  signal: 1,
};
