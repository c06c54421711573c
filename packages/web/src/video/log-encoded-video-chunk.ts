import type { EntityPathLike, LogOptions, RecordingStream } from "@rerun-ts/core";
import { InvalidValueError } from "@rerun-ts/core/checks";
import { VideoStream, type EncodedChunkLike } from "@rerun-ts/types";
import { SHOWN_VIDEO, videoCodecOf, replacingImage, type VideoCodec } from "@rerun-ts/types/media";
import { toAnnexB } from "./to-annex-b.ts";

/** Options of {@link logEncodedVideoChunk}. */
export interface EncodedVideoChunkOptions extends LogOptions {
  /** The codec, by Rerun's name or as a WebCodecs string. Default: from the metadata of the last key frame. */
  codec?: VideoCodec | (string & {}) | undefined;
}

/** The used part of the metadata of an encoder's output: its `EncodedVideoChunkMetadata`. */
export interface VideoChunkMetadataLike {
  /** Data for decoders, which comes with key frames. */
  readonly decoderConfig?:
    | { readonly codec: string; readonly description?: AllowSharedBufferSource | undefined }
    | undefined;
}

/** Facts about the stream of an entity. */
interface KnownStream {
  readonly codec: VideoCodec;
  readonly description: Uint8Array | undefined;
}

/** The streams of each recording, by the path of the entity. */
const streamsOf = new WeakMap<RecordingStream, Map<string, KnownStream>>();

/**
 * Logs the output of a `VideoEncoder` of the page: pass both arguments of its `output` callback. The first chunk must
 * be a key frame, and `latencyMode: "realtime"` avoids B-frames. Viewers do not support these. H.264 and H.265 are
 * turned into Annex B if the encoder has another format.
 *
 * @example
 * const output = (chunk, metadata) => rr.video.logEncodedVideoChunk(rec, "camera", chunk, metadata);
 * const encoder = new VideoEncoder({ output, error: console.error });
 */
export function logEncodedVideoChunk(
  recording: RecordingStream,
  path: EntityPathLike,
  chunk: EncodedChunkLike,
  metadata?: VideoChunkMetadataLike,
  { codec, ...options }: EncodedVideoChunkOptions = {},
): void {
  let streams = streamsOf.get(recording);
  if (streams === undefined) streamsOf.set(recording, (streams = new Map()));
  const key = String(path);
  const stream = updated(streams.get(key), metadata, codec);
  if (stream === undefined) return recording.log(path, new UnknownCodec());
  if (streams.get(key)?.codec !== stream.codec) recording.log(path, new VideoStream(stream.codec), { static: true });
  streams.set(key, stream);
  recording.log(path, replacingImage(recording, path, SHOWN_VIDEO, new Sample(chunk, stream)), options);
}

function updated(
  known: KnownStream | undefined,
  metadata: VideoChunkMetadataLike | undefined,
  wanted: string | undefined,
): KnownStream | undefined {
  const { decoderConfig } = metadata ?? {};
  const codec = wanted ?? decoderConfig?.codec ?? known?.codec;
  if (codec === undefined) return undefined;
  if (decoderConfig === undefined) return { codec: videoCodecOf(codec), description: known?.description };
  const { description } = decoderConfig;
  return { codec: videoCodecOf(codec), description: description === undefined ? undefined : bytesOf(description) };
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source).slice();
}

/** A chunk that is read when it is logged, so that its problems are reported like those of other data. */
class Sample {
  readonly #chunk: EncodedChunkLike;
  readonly #stream: KnownStream;

  constructor(chunk: EncodedChunkLike, stream: KnownStream) {
    this.#chunk = chunk;
    this.#stream = stream;
  }

  asComponents(row: Parameters<VideoStream["asComponents"]>[0]): void {
    const { codec, description } = this.#stream;
    const bytes = new Uint8Array(this.#chunk.byteLength);
    this.#chunk.copyTo(bytes);
    const isKeyframe = this.#chunk.type === "key";
    const sample = toAnnexB(codec, bytes, isKeyframe, description);
    // A missing field means that decoders cannot start there.
    VideoStream.fromFields({ sample, isKeyframe: isKeyframe ? true : undefined }).asComponents(row);
  }
}

/** Throws the problem when the chunk is logged, so that it is reported like other invalid data. */
class UnknownCodec {
  asComponents(): never {
    throw new InvalidValueError("the metadata of a key frame, or `codec`", "neither", false, "metadata");
  }
}
