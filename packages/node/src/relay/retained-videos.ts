import { ManifestReader, decodeMessage } from "@rerun-ts/core/rrd";
import type { VideoCodec } from "@rerun-ts/types/media";
import type * as videoChunks from "../video/video-chunks.ts";
import { DecompressionBudget } from "./footer-limits.ts";
import { readLogMsg } from "./grpc/log-msg.ts";
import type { RelayMessage } from "./relay-message.ts";

/** Part of the names of the components of videos. Compressed messages contain it too, as they do its first use. */
const MARK = Buffer.from("ideo");
/** The beginning of a message in which its schema is. */
const SCHEMA_BYTES = 8 * 1024;

/** A message with frames of a video, or with its codec. */
interface Video extends videoChunks.VideoFacts {
  /** The store and the entity. */
  readonly entity: string;
  /** The codec from other messages that was known. */
  readonly knownCodec: VideoCodec | undefined;
}

/**
 * Finds frames that no decoder can read, because the key frame before them was evicted. Only messages that may be of a
 * video are decoded, each once, and only for readers that connect after something was evicted.
 */
export class RetainedVideos {
  readonly #statics: Iterable<RelayMessage>;
  readonly #videos = new WeakMap<RelayMessage, Video | "none">();
  readonly #manifests = new ManifestReader();
  readonly #budget = new DecompressionBudget();
  #chunks: typeof videoChunks | undefined;
  #loading: Promise<void> | undefined;

  /** @param statics the retained static data, in which the codecs of videos are */
  constructor(statics: Iterable<RelayMessage>) {
    this.#statics = statics;
  }

  /** Loads what reads frames, when data is evicted for the first time. Readers before that receive all frames. */
  load(): Promise<void> {
    return (this.#loading ??= import("../video/video-chunks.ts").then(
      (chunks) => void (this.#chunks = chunks),
      () => undefined,
    ));
  }

  /**
   * A function that says of the messages of the history, in their order, whether a new reader has no use for them. The
   * last group of pictures of an entity may have no key frame any more: then the reader begins with its live frames.
   */
  filter(): ((message: RelayMessage) => boolean) | undefined {
    const chunks = this.#chunks;
    if (chunks === undefined) return undefined;
    const started = new Set<string>();
    let codecs: Map<string, VideoCodec> | undefined;
    return (message) => {
      if (!mayBeVideo(message)) return false;
      codecs ??= this.#codecsIn(chunks);
      const video = this.#videoOf(message, chunks, codecs);
      if (video === undefined) return false;
      const { entity, codec, hasFrames, hasKeyframe } = video;
      if (codec !== undefined) codecs.set(entity, codec);
      if (!hasFrames || started.has(entity)) return false;
      if (hasKeyframe === false) return true;
      started.add(entity);
      return false;
    };
  }

  #codecsIn(chunks: typeof videoChunks): Map<string, VideoCodec> {
    const codecs = new Map<string, VideoCodec>();
    for (const message of this.#statics) {
      const video = mayBeVideo(message) ? this.#videoOf(message, chunks, codecs) : undefined;
      if (video?.codec !== undefined) codecs.set(video.entity, video.codec);
    }
    return codecs;
  }

  #videoOf(
    message: RelayMessage,
    chunks: typeof videoChunks,
    codecs: ReadonlyMap<string, VideoCodec>,
  ): Video | undefined {
    const known = this.#videos.get(message);
    if (known === "none") return undefined;
    if (known !== undefined && known.knownCodec === codecs.get(known.entity)) return known;
    const video = this.#read(message, chunks, codecs);
    this.#videos.set(message, video ?? "none");
    return video;
  }

  #read(
    { memory, bodyStart, end, store }: RelayMessage,
    { videoFacts }: typeof videoChunks,
    codecs: ReadonlyMap<string, VideoCodec>,
  ): Video | undefined {
    try {
      const outline = readLogMsg(memory, bodyStart, end);
      if (outline === undefined || store === undefined) return undefined;
      const { payloadStart, payloadEnd, uncompressedBytes } = outline;
      this.#budget.spend(payloadEnd - payloadStart, uncompressedBytes);
      const decoded = decodeMessage("chunk", memory.subarray(payloadStart, payloadEnd));
      if (decoded.kind !== "chunk") return undefined;
      const arrow = decoded.readArrow();
      const { entityPath, rows } = this.#manifests.read(arrow).manifest;
      const entity = `${store.id.applicationId}\0${store.id.recordingId}\0${entityPath}`;
      const knownCodec = codecs.get(entity);
      const facts = videoFacts(arrow, rows, knownCodec);
      return facts.hasFrames || facts.codec !== undefined ? { ...facts, entity, knownCodec } : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Whether a message may be of a video: mostly this is known without decoding it. */
function mayBeVideo({ kind, memory, bodyStart, end }: RelayMessage): boolean {
  return kind === "chunk" && memory.subarray(bodyStart, Math.min(end, bodyStart + SCHEMA_BYTES)).includes(MARK);
}
