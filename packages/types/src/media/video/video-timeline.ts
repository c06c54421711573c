import type { VideoCodec } from "../../gen/components/video-codec.ts";

/** The timeline of a recorded video. */
export interface VideoTimeline {
  /** As in queries, such as `"log_time"`. */
  readonly name: string;
  /** The unit of its times: a number, or nanoseconds. */
  readonly kind: "sequence" | "duration" | "timestamp";
}

/** A frame of a recorded `VideoStream`. */
export interface RecordedFrame {
  /** The time on the timeline. */
  readonly time: bigint;
  /** The encoded frame, as logged. */
  readonly sample: Uint8Array;
  /** Whether a decoder can start at the frame. */
  readonly isKeyframe: boolean;
}

/** The frames of a recorded `VideoStream`. */
export interface RecordedStream {
  readonly kind: "stream";
  /** The canonical path of the entity. */
  readonly entityPath: string;
  /** The timeline of the times. */
  readonly timeline: VideoTimeline;
  /** The codec of all frames. */
  readonly codec: VideoCodec;
  /**
   * Yields the frames in the order of their times, from the last key frame before the beginning on. Throws a
   * `RerunError` with the code `UNSUPPORTED` if the codec changes or frames are too far out of order.
   */
  frames(): AsyncGenerator<RecordedFrame, void, undefined>;
}

/** The file of a recorded `AssetVideo`. */
export interface RecordedVideoFile {
  readonly kind: "file";
  /** The canonical path of the entity. */
  readonly entityPath: string;
  /** The bytes of an MP4 file. */
  readonly contents: Uint8Array;
  /** The first and the last time within the file that are shown, in nanoseconds. `undefined` for the whole file. */
  readonly shown: { readonly first: bigint; readonly last: bigint } | undefined;
}

/** The frames of a `VideoStream`, or the file of an `AssetVideo`. */
export type RecordedVideo = RecordedStream | RecordedVideoFile;
