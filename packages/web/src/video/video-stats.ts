import type { WebVideoCodec } from "./video-codec.ts";

/** Statistics of a capture. */
export interface VideoStats {
  /** The chosen codec, or `undefined` before the choice. */
  codec: WebVideoCodec | undefined;
  /** Logged frames. */
  frames: number;
  /** Logged frames that a decoder can start at. */
  keyframes: number;
  /** Dropped frames: too many were in progress, or they could not be read or encoded. */
  dropped: number;
  /** The size of the logged frames in bytes. */
  bytes: number;
}

/** Statistics of a capture that has done nothing yet. */
export function noVideoStats(codec?: WebVideoCodec): VideoStats {
  return { codec, frames: 0, keyframes: 0, dropped: 0, bytes: 0 };
}
