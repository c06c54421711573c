import type { WebVideoCodec } from "./video-codec.ts";

/** Statistics of a capture. */
export interface VideoStats {
  /** The codec that was chosen; `undefined` until then. */
  codec: WebVideoCodec | undefined;
  /** Frames that were logged. */
  frames: number;
  /** Frames that were logged and that a decoder can start at. */
  keyframes: number;
  /** Frames that were dropped: too many were in progress, or they could not be read or encoded. */
  dropped: number;
  /** The size of the logged frames in bytes. */
  bytes: number;
}

/** Statistics of a capture that has done nothing yet. */
export function noVideoStats(codec?: WebVideoCodec): VideoStats {
  return { codec, frames: 0, keyframes: 0, dropped: 0, bytes: 0 };
}
