import type { VideoCodec } from "../../gen/components/video-codec.ts";

/** One frame of a video stream, for `VideoStream`. */
export interface VideoSample {
  /** The codec of the stream. */
  readonly codec: VideoCodec;
  /** The bytes of the frame. */
  readonly sample: Uint8Array<ArrayBuffer>;
  /** Whether a decoder can start at this frame. */
  readonly isKeyframe: boolean;
  /** Number of earlier frames. */
  readonly index: number;
  /** The time of the frame in seconds. `undefined` if the stream has no times, as in Annex B. */
  readonly seconds: number | undefined;
}

/** Finds the frames in a stream of bytes. */
export interface SampleSplitter {
  /** Adds bytes. Returns the frames that are complete. */
  push(bytes: Uint8Array): VideoSample[];
  /** Returns the frame that ends with the stream, if there is one. */
  end(): VideoSample[];
}
