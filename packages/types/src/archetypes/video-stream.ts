import { InvalidValueError, describeValue } from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";
import {
  VideoStream as Generated,
  type VideoStreamFields,
  type VideoStreamOptions,
} from "../gen/archetypes/video-stream.ts";
import { VideoCodec as VideoCodecs, type VideoCodec } from "../gen/components/video-codec.ts";
import { VideoSample } from "../gen/components/video-sample.ts";
import { isKeyframe } from "../media/video/is-keyframe.ts";

/** A compressed frame in the form of WebCodecs: an `EncodedVideoChunk`, for example. */
export interface EncodedChunkLike {
  readonly type: "key" | "delta" | (string & {});
  readonly byteLength: number;
  copyTo(destination: Uint8Array): void;
}

/** Options of {@link VideoStream.fromEncodedChunk}. */
export interface EncodedChunkOptions extends Omit<VideoStreamFields, "codec" | "sample" | "isKeyframe"> {
  /** The codec by Rerun's name, or as a WebCodecs string, e.g. `"avc1.42E01E"`. */
  codec: VideoCodec | (string & {});
}

/** The prefixes of WebCodecs strings. Source: W3C, WebCodecs Codec Registry. */
const CODECS: readonly (readonly [beginning: RegExp, codec: VideoCodec])[] = [
  [/^av01/i, "AV1"],
  [/^avc[13]/i, "H264"],
  [/^h(?:ev|vc)1/i, "H265"],
  [/^vp0?8/i, "VP8"],
  [/^vp0?9/i, "VP9"],
];

/**
 * A video stream, one encoded frame at a time: H.264 and H.265 in Annex B form, AV1 as OBUs, VP8, VP9. B-frames are not
 * possible, because each frame is shown at the time at which it is logged.
 *
 * @example
 * rec.log("camera", new rr.VideoStream("H264"), { static: true });
 * rec.log("camera", rr.VideoStream.fromFields({ sample: frame, isKeyframe: true }));
 */
export class VideoStream extends Generated {
  /**
   * Creates a frame from WebCodecs output. Configure the encoder for the Annex B form: `avc: { format: "annexb" }`.
   *
   * @example
   * const output = (chunk) => rec.log("camera", rr.VideoStream.fromEncodedChunk(chunk, { codec: "avc1.42E01E" }));
   */
  static fromEncodedChunk(chunk: EncodedChunkLike, options: EncodedChunkOptions): VideoStream {
    const { codec, ...fields } = options ?? ({} as EncodedChunkOptions);
    return new VideoStream(videoCodecOf(codec), { ...fields, chunk } as VideoStreamOptions);
  }

  protected override expand(options: FieldValues): FieldValues {
    return "chunk" in options ? expandChunk(options) : options;
  }
}

/** Reads an encoded chunk. Throws `InvalidValueError`. */
function expandChunk({ chunk, ...fields }: FieldValues): FieldValues {
  if (typeof chunk !== "object" || chunk === null || !("copyTo" in chunk))
    throw new InvalidValueError(
      "an EncodedVideoChunk of WebCodecs",
      describeValue(chunk),
      false,
      "VideoStream.fromEncodedChunk",
    );
  const { type, byteLength } = chunk as EncodedChunkLike;
  const sample = new Uint8Array(byteLength);
  (chunk as EncodedChunkLike).copyTo(sample);
  // Only key frames are marked: an absent field means a delta frame.
  return { ...fields, sample, isKeyframe: type === "key" ? true : undefined };
}

/**
 * The codec with Rerun's name, or of a WebCodecs string. Unknown names are returned unchanged, and rejected when
 * logged.
 */
export function videoCodecOf(name: string): VideoCodec {
  return CODECS.find(([beginning]) => beginning.test(name))?.[1] ?? (name as VideoCodec);
}

/** The codecs by Rerun's numbers. */
export const CODECS_BY_NUMBER: ReadonlyMap<number, VideoCodec> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Object.entries(VideoCodecs.values).map(([name, number]) => [number, name as VideoCodec]),
);

// With the archetype, so that programs without videos do not load this. Queues drop whole groups of pictures.
VideoSample.isKeyframe = (number, frame) => {
  const codec = CODECS_BY_NUMBER.get(number);
  return codec !== undefined && isKeyframe(codec, frame);
};
