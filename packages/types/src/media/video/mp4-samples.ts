import { RerunError } from "@rerun-ts/core";
import { checkOptions, nonNegative, yieldingRerunErrors } from "@rerun-ts/core/checks";
import { checkAborted } from "@rerun-ts/core/util";
import type { VideoCodec } from "../../gen/components/video-codec.ts";
import { Mp4File } from "../mp4/mp4-file.ts";
import { mp4SourceOf, type Mp4Contents } from "../mp4/mp4-source.ts";
import type { VideoSample } from "./sample-splitter.ts";

/** Options of {@link mp4Samples}. */
export interface Mp4SamplesOptions {
  /** The largest frame that is accepted, in bytes. Default 64 MiB. */
  maxFrameBytes?: number | undefined;
  /** Ends the reading. Default: none. */
  signal?: AbortSignal | undefined;
}

/** A frame of an MP4 file, with its exact time. */
export interface Mp4Sample extends VideoSample {
  /** The time of the frame in seconds since the first frame, or as stored in a fragmented file. */
  readonly seconds: number;
  /** The same time in nanoseconds. */
  readonly nanos: bigint;
}

const READING = "reading the video";
const MAX_FRAME_BYTES = 64 * 1024 * 1024;
const B_FRAMES =
  "the video has B-frames, which viewers cannot show in a stream: transcode it with `ffmpeg -bf 0`, or log it as an " +
  "AssetVideo";

/**
 * Yields the frames of an MP4 video for `VideoStream`: H.264 and H.265 in Annex B form, AV1, VP8 and VP9, also of
 * fragmented files. Of a `Blob` only the tables and the frames that are asked for are read. Edit lists are ignored, as
 * by Rerun's viewer.
 *
 * Throws a `RerunError` with the code `INVALID_FORMAT` if the file is damaged or a frame is larger than
 * `maxFrameBytes`, `UNSUPPORTED` for another codec or B-frames, and `ABORTED` if the signal fires. Viewers show no
 * B-frames of streams: transcode with `ffmpeg -bf 0`, or log an `AssetVideo`.
 *
 * @example
 * for await (const { codec, sample, isKeyframe, nanos, index } of rr.video.mp4Samples(file)) {
 *   if (index === 0) rec.log("camera", new rr.VideoStream(codec), { static: true });
 *   const time = { video: { duration: { nanos } } };
 *   rec.log("camera", rr.VideoStream.fromFields({ sample, isKeyframe }), { time });
 * }
 */
export function mp4Samples(
  source: Mp4Contents,
  options: Mp4SamplesOptions = {},
): AsyncGenerator<Mp4Sample, void, void> {
  return yieldingRerunErrors(
    (async function* () {
      checkOptions("mp4Samples", options, { maxFrameBytes: 1, signal: 1 });
      const maxFrameBytes = nonNegative("maxFrameBytes", options.maxFrameBytes ?? MAX_FRAME_BYTES);
      const file = await Mp4File.open(mp4SourceOf(source));
      if (await hasBFrames(file, options.signal)) throw new RerunError("UNSUPPORTED", B_FRAMES);
      const { codec } = file.track;
      let index = 0;
      for await (const stored of file.samples()) {
        checkAborted(options.signal, READING);
        if (stored.size > maxFrameBytes)
          throw new RerunError(
            "INVALID_FORMAT",
            `a frame of the video has ${stored.size} bytes; see \`maxFrameBytes\``,
          );
        const nanos = file.nanos(stored);
        const { isKeyframe } = stored;
        const sample = await file.read(stored);
        yield { codec, sample, isKeyframe, index: index++, seconds: Number(nanos) / 1e9, nanos };
      }
    })(),
  );
}

/** Facts about a video that decide whether it becomes a stream. */
export interface Mp4Facts {
  readonly codec: VideoCodec;
  /** Whether frames are shown in another order than that in which they are decoded. */
  readonly hasBFrames: boolean;
}

/** Reads the facts from the tables of a video. Rejects as {@link mp4Samples}, but not for B-frames. */
export async function readMp4Facts(source: Mp4Contents, signal: AbortSignal | undefined): Promise<Mp4Facts> {
  const file = await Mp4File.open(mp4SourceOf(source));
  return { codec: file.track.codec, hasBFrames: await hasBFrames(file, signal) };
}

async function hasBFrames(file: Mp4File, signal: AbortSignal | undefined): Promise<boolean> {
  let last = -Infinity;
  for await (const { time } of file.samples()) {
    checkAborted(signal, READING);
    if (time < last) return true;
    last = time;
  }
  return false;
}
