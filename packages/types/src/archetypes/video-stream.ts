import { VideoStream as Generated, type VideoStreamFields } from "../gen/archetypes/video-stream.ts";
import type { VideoCodec } from "../gen/components/video-codec.ts";

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
  static fromEncodedChunk(chunk: EncodedChunkLike, { codec, ...options }: EncodedChunkOptions): VideoStream {
    const sample = new Uint8Array(chunk.byteLength);
    chunk.copyTo(sample);
    // Only key frames are marked: an absent field means a delta frame.
    const isKeyframe = chunk.type === "key" ? true : undefined;
    return new VideoStream(codecOf(codec), { ...options, sample, isKeyframe });
  }
}

/** The codec with Rerun's name, or of a WebCodecs string; unknown names are returned unchanged, and rejected when logged. */
export function codecOf(name: string): VideoCodec {
  return CODECS.find(([beginning]) => beginning.test(name))?.[1] ?? (name as VideoCodec);
}
