import { TimeColumn, type EntityPath } from "@rerun-ts/core";
import { VideoStream } from "@rerun-ts/types";
import { mp4Samples, type Mp4Sample } from "@rerun-ts/types/media";
import { chunkFromColumns, type ChunkData } from "@rerun-ts/reading/chunks";
import type { RandomAccess } from "@rerun-ts/reading/source";
import { TIMELINE } from "./frame-chunks.ts";
import type { VideoPart } from "./read-dataset.ts";

/** An episode that has a part of a video file. */
export interface EpisodePart extends VideoPart {
  readonly episode: number;
}

/** A chunk of the video of an episode, or the reason for which the episode has none. */
export type EpisodeVideo = { readonly episode: number } & ({ readonly chunk: ChunkData } | { readonly reason: string });

/** Number of bytes at which a chunk ends before the next key frame. */
const MAX_CHUNK_BYTES = 32 * 1024 * 1024;
/** Times in tables have fewer digits than those of frames: as numbers of 32 bits, a millisecond after three hours. */
const TOLERANCE_SECONDS = 1e-3;

/**
 * Yields the parts of a video file that belong to episodes: each key frame with the frames up to the next. The file is
 * read once. An episode that does not begin with a key frame has no video, because no viewer could decode it.
 *
 * @param parts the parts of the file, in any order
 * @throws {RerunError} as `mp4Samples`
 */
export async function* episodeVideos(
  access: RandomAccess,
  entityPath: EntityPath,
  parts: readonly EpisodePart[],
  signal: AbortSignal | undefined,
): AsyncGenerator<EpisodeVideo, void, undefined> {
  const waiting = [...parts].sort((a, b) => a.from - b.from);
  let current: EpisodeFrames | undefined;
  let lastEnd = -Infinity;
  const source = { size: access.size, read: async (start: number, length: number) => access.read(start, length) };
  for await (const sample of mp4Samples(source, { signal })) {
    if (current !== undefined && sample.seconds >= current.to) {
      yield* current.end();
      current = undefined;
    }
    let next = waiting[0];
    while (current === undefined && next !== undefined && sample.seconds >= next.from - TOLERANCE_SECONDS) {
      waiting.shift();
      const { episode, from, to } = next;
      if (from < lastEnd - 2 * TOLERANCE_SECONDS)
        yield { episode, reason: "its part of the video is also that of another episode" };
      else if (sample.seconds >= to - TOLERANCE_SECONDS)
        yield { episode, reason: "its part of the video has no frames" };
      else if (!sample.isKeyframe) yield { episode, reason: "its part of the video does not begin with a key frame" };
      else {
        current = new EpisodeFrames(next, entityPath, sample.codec);
        lastEnd = to;
      }
      next = waiting[0];
    }
    if (current !== undefined) yield* current.add(sample);
  }
  if (current !== undefined) yield* current.end();
  for (const { episode } of waiting) yield { episode, reason: "the video ends before the episode" };
}

class EpisodeFrames {
  /** The time at which it ends. */
  readonly to: number;
  readonly #episode: number;
  readonly #path: EntityPath;
  readonly #keyframes: number[] = [];
  #codec: Mp4Sample["codec"] | undefined;
  #pending: Uint8Array[] = [];
  #bytes = 0;
  #count = 0;

  constructor({ episode, to }: EpisodePart, path: EntityPath, codec: Mp4Sample["codec"]) {
    this.to = to - TOLERANCE_SECONDS;
    this.#episode = episode;
    this.#path = path;
    this.#codec = codec;
  }

  *add({ sample, isKeyframe }: Mp4Sample): Generator<EpisodeVideo, void, undefined> {
    if (isKeyframe || this.#bytes >= MAX_CHUNK_BYTES) yield* this.#samples();
    if (isKeyframe) this.#keyframes.push(this.#count);
    this.#pending.push(sample);
    this.#bytes += sample.byteLength;
    this.#count++;
  }

  *end(): Generator<EpisodeVideo, void, undefined> {
    yield* this.#samples();
    const isKeyframe = this.#keyframes.map(() => true);
    yield this.#chunk(this.#keyframes, VideoStream.columns({ isKeyframe }));
  }

  *#samples(): Generator<EpisodeVideo, void, undefined> {
    if (this.#codec !== undefined)
      yield {
        episode: this.#episode,
        chunk: chunkFromColumns(this.#path, { columns: VideoStream.columns({ codec: [this.#codec] }) }),
      };
    this.#codec = undefined;
    const first = this.#count - this.#pending.length;
    if (this.#pending.length === 0) return;
    yield this.#chunk(
      this.#pending.map((_, at) => first + at),
      VideoStream.columns({ sample: this.#pending }),
    );
    this.#pending = [];
    this.#bytes = 0;
  }

  #chunk(frames: readonly number[], columns: ReturnType<typeof VideoStream.columns>): EpisodeVideo {
    const timelines = TimeColumn.sequence(TIMELINE, frames);
    return { episode: this.#episode, chunk: chunkFromColumns(this.#path, { timelines, columns }) };
  }
}
