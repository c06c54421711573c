import { RerunError, type EntityPathLike, type TimeValue } from "@rerun-ts/core";
import { argumentError, checkEntityPath, checkOptions, type OptionNames } from "@rerun-ts/core/checks";
import type { VideoTimeline } from "@rerun-ts/types/media";
import { DataType } from "apache-arrow";
import { resolveTime } from "../query/query-options.ts";
import type { ReadOptions } from "../source/random-access.ts";
import { FIRST_TIME, LAST_TIME } from "../store/compare-times.ts";
import type { ChunkInfo } from "../store/chunk-info.ts";
import type { StoreIndex } from "../store/store-index.ts";
import { BLOB, SAMPLE } from "./video-components.ts";

/** Options of `RecordingReader.video`. */
export interface RecordedVideoOptions extends ReadOptions {
  /** The timeline. Default: the only one of the frames, apart from `log_time` and `log_tick`. */
  timeline?: string | undefined;
  /** The beginning. A bigint is in the unit of the timeline. Default: that of the video. */
  from?: TimeValue | undefined;
  /** The end, inclusive. Default: that of the video. */
  to?: TimeValue | undefined;
}

/** A part of the video of an entity. */
export interface VideoWindow {
  readonly entityPath: string;
  /** The chunks of the entity. */
  readonly chunks: readonly ChunkInfo[];
  /** `undefined` for the file of an `AssetVideo` that is static, without a beginning and an end. */
  readonly timeline: VideoTimeline | undefined;
  readonly from: bigint;
  readonly to: bigint;
  readonly isWhole: boolean;
}

const KNOWN: OptionNames<RecordedVideoOptions> = { timeline: 1, from: 1, to: 1, signal: 1 };
/** Timelines of the moments of logging, which every recording has. */
const LOGGED: ReadonlySet<string> = new Set(["log_time", "log_tick"]);

/**
 * Finds the chunks and the times that options name.
 *
 * @throws {TypeError} if an option is wrong
 * @throws {RerunError} `NOT_FOUND` if the entity has no video, or no frames on the timeline
 */
export function videoWindow(store: StoreIndex, path: EntityPathLike, options: RecordedVideoOptions): VideoWindow {
  checkOptions("video", options, KNOWN);
  const entityPath = String(checkEntityPath("entityPath", path));
  const chunks = store.chunksByEntity.get(entityPath) ?? [];
  const isStream = chunks.some(({ components }) => components.has(SAMPLE));
  if (!isStream && !chunks.some(({ components }) => components.has(BLOB))) throw noVideo(store, entityPath);
  const isWhole = options.from === undefined && options.to === undefined;
  const found = options.timeline === undefined && isWhole && !isStream ? undefined : chosen(store, chunks, options);
  if (found === undefined) return { entityPath, chunks, timeline: undefined, from: FIRST_TIME, to: LAST_TIME, isWhole };
  const from = options.from === undefined ? FIRST_TIME : resolveTime("from", options.from, found);
  const to = options.to === undefined ? LAST_TIME : resolveTime("to", options.to, found);
  if (from > to) throw argumentError("to", "`to` must not be before `from`");
  const { name, type } = found;
  const kind = DataType.isTimestamp(type) ? "timestamp" : DataType.isDuration(type) ? "duration" : "sequence";
  return { entityPath, chunks, timeline: { name, kind }, from, to, isWhole };
}

function noVideo(store: StoreIndex, entityPath: string): RerunError {
  const videos = [...store.chunksByEntity].flatMap(([path, chunks]) =>
    chunks.some(({ components }) => components.has(SAMPLE) || components.has(BLOB)) ? [path] : [],
  );
  const names = videos.length === 0 ? "the recording has none" : `the videos are ${videos.slice(0, 20).join(", ")}`;
  return new RerunError("NOT_FOUND", `${entityPath} has no VideoStream and no AssetVideo; ${names}`);
}

function chosen(
  store: StoreIndex,
  chunks: readonly ChunkInfo[],
  { timeline }: RecordedVideoOptions,
): StoreIndex["timelines"][number] {
  const names = new Set(chunks.flatMap((chunk) => [...chunk.timelines.keys()]));
  const timelines = store.timelines.filter(({ name }) => names.has(name));
  const listed = timelines.map(({ name }) => name).join(", ");
  if (timeline !== undefined) {
    const named = timelines.find(({ name }) => name === timeline);
    if (named !== undefined) return named;
    const others = timelines.length === 0 ? "it has no times" : `its timelines are ${listed}`;
    throw argumentError(
      "timeline",
      `\`timeline\` must be one of the video, got ${JSON.stringify(timeline)}; ${others}`,
    );
  }
  const userTimelines = timelines.filter(({ name }) => !LOGGED.has(name));
  const [first, second] = userTimelines.length > 0 ? userTimelines : timelines;
  if (first === undefined)
    throw new RerunError("NOT_FOUND", "the video has no times: log its frames with a time, or pass no `from` and `to`");
  if (second !== undefined && userTimelines.length > 0)
    throw argumentError("timeline", `\`timeline\` is missing: the video has several (${listed})`);
  return first;
}
