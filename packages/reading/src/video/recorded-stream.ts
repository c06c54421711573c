import { RerunError } from "@rerun-ts/core";
import { timeTextOf } from "@rerun-ts/core/encode";
import { checkAborted } from "@rerun-ts/core/util";
import { isKeyframe, type RecordedFrame, type RecordedStream, type VideoTimeline } from "@rerun-ts/types/media";
import type { ReadOptions } from "../source/random-access.ts";
import type { ChunkLoader } from "../store/chunk-loader.ts";
import { loadGroup } from "./chunk-groups.ts";
import { CodecHistory } from "./codec-history.ts";
import type { VideoWindow } from "./video-window.ts";
import { frameChunks, isLaterRow, orderedRows, frameRows, type FrameChunk, type VideoRow } from "./video-rows.ts";

/** Finds the first key frame and the codec of a window of a `VideoStream`. */
export async function recordedStream(
  loader: ChunkLoader,
  window: VideoWindow & { readonly timeline: VideoTimeline },
  options: ReadOptions,
): Promise<RecordedStream> {
  const { entityPath, timeline, from, to } = window;
  const chunks = frameChunks(window.chunks, timeline.name);
  const inWindow = chunks.filter(({ start, end }) => start <= to && end >= from);
  const codecs = await CodecHistory.read(loader, window, options);
  const key = window.isWhole ? undefined : await keyBefore(loader, chunks, window, codecs, options);
  const begin = key?.time ?? from;
  const [first] = inWindow;
  if (key === undefined && first === undefined)
    throw new RerunError("NOT_FOUND", `the video ${entityPath} has no frames between \`from\` and \`to\``);
  const codec = codecs.at(key?.time ?? (first === undefined || first.start < from ? from : first.start));
  return {
    kind: "stream",
    entityPath,
    timeline,
    codec,
    async *frames(): AsyncGenerator<RecordedFrame, void, undefined> {
      const used = chunks.filter(({ start, end }) => start <= to && end >= begin);
      for await (const row of orderedRows(loader, used, timeline.name, options)) {
        const { time, sample } = row;
        checkAborted(options.signal);
        if (time > to) return;
        if (time < begin || (key !== undefined && isLaterRow(key, row))) continue;
        const now = codecs.at(time);
        if (now !== codec)
          throw new RerunError(
            "UNSUPPORTED",
            `the codec of ${entityPath} changes from ${codec} to ${now} at ${timeTextOf(timeline.kind, time)}` +
              ": choose a part of the video with `from` and `to`",
          );
        yield { time, sample, isKeyframe: isKeyframe(codec, sample) };
      }
    },
  };
}

/** The last key frame that is not after the beginning of a window. */
async function keyBefore(
  loader: ChunkLoader,
  chunks: readonly FrameChunk[],
  { timeline, from }: VideoWindow & { readonly timeline: VideoTimeline },
  codecs: CodecHistory,
  options: ReadOptions,
): Promise<VideoRow | undefined> {
  let found: VideoRow | undefined;
  for (let at = chunks.length - 1; at >= 0; at--) {
    const { info, start, end } = chunks[at] as FrameChunk;
    if (start > from || (found !== undefined && end < found.time)) continue;
    for (const { chunk } of await loadGroup(loader, [info], options)) {
      for (const row of frameRows(chunk, timeline.name)) {
        if (row.time > from || (found !== undefined && !isLaterRow(row, found))) continue;
        if (isKeyframe(codecs.at(row.time), row.sample)) found = row;
      }
    }
  }
  return found;
}
