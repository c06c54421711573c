import type { EncodedMessage } from "@rerun-ts/core";
import type * as videoChunks from "../video/video-chunks.ts";

const SAMPLE = "VideoStream:sample";
const CODEC = "VideoStream:codec";

/**
 * Finds positions at which a video can begin. A chunk is decoded only to detect the codec of a video, and where a part
 * is cut. The code for this is loaded with the first video.
 */
export class VideoStarts {
  /** Settles when the code is loaded, if there is a video. */
  loaded: Promise<void> | undefined;
  #chunks: typeof videoChunks | undefined;
  /** A chunk with the codec of each video. */
  readonly #codecs = new Map<string, Uint8Array>();

  /** Whether a chunk has frames of a video. Also stores a copy of the first chunk with the codec of each video. */
  hasFrames({ payload, isStatic, manifest }: EncodedMessage): boolean {
    if (manifest === undefined) return false;
    let hasFrames = false;
    for (const { descriptor } of manifest.components) {
      if (descriptor.component === SAMPLE) hasFrames = !isStatic;
      else if (descriptor.component === CODEC && !this.#codecs.has(manifest.entityPath))
        this.#codecs.set(manifest.entityPath, payload.slice());
    }
    if (hasFrames) this.loaded ??= this.#load();
    return hasFrames;
  }

  /** Whether the first frame of a chunk is a key frame. */
  beginsWithKeyframe({ payload, manifest }: EncodedMessage): boolean {
    if (this.#chunks === undefined) return false;
    const withCodec = this.#codecs.get(manifest?.entityPath ?? "");
    const codec = withCodec === undefined ? undefined : this.#chunks.codecOfChunk(withCodec);
    return this.#chunks.beginsWithKeyframe(payload, codec);
  }

  /** Never rejects: parts of videos are then cut as others are. */
  async #load(): Promise<void> {
    try {
      this.#chunks = await import("../video/video-chunks.ts");
    } catch {
      this.#chunks = undefined;
    }
  }
}
