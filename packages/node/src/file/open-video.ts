import { open, type FileHandle } from "node:fs/promises";
import { isRerunError, type EntityPathLike, type RecordingStream } from "@rerun-ts/core";
import {
  checkOptions,
  checkRecording,
  invalidArgument,
  withRerunErrors,
  yieldingRerunErrors,
  type OptionNames,
  isUrl,
} from "@rerun-ts/core/checks";
import * as media from "@rerun-ts/types/media";
import { fileFailure, toPathString } from "./read-bytes.ts";
import {
  checkTranscodeOptions,
  transcodeVideo,
  type TranscodeOptions,
  type TranscodedVideo,
} from "./transcode-video.ts";

/** Contents of a video file, or its path. */
export type VideoFileLike = string | URL | media.Mp4Contents;

/** Options of {@link mp4Samples}. */
export interface Mp4SamplesOptions extends media.Mp4SamplesOptions {
  /**
   * Whether FFmpeg encodes a file again that has B-frames, or is to have another codec or other key frames; with `true`
   * or options `source` must be a path. Default: files with B-frames. `false`: none, files with B-frames are rejected.
   */
  transcode?: boolean | TranscodeOptions | undefined;
}

/** Options of {@link logVideoFile}. */
export interface LogVideoFileOptions extends media.LogVideoFileOptions, Pick<Mp4SamplesOptions, "transcode"> {}

const SAMPLES_OPTIONS: OptionNames<Mp4SamplesOptions> = { maxFrameBytes: 1, signal: 1, transcode: 1 };
const LOG_OPTIONS: OptionNames<LogVideoFileOptions> = { ...SAMPLES_OPTIONS, timeline: 1, start: 1 };

/**
 * Yields the frames of an MP4 video for `VideoStream`: H.264 and H.265 in Annex B form, AV1, VP8 and VP9, also of
 * fragmented files. Of a file and of a `Blob` only the tables and the frames that are asked for are read.
 *
 * Viewers show no B-frames of streams. As Rerun's Python SDK, this runs FFmpeg to encode a file with them again, with
 * the same codec, into a temporary file.
 *
 * Throws a `RerunError` with the code `NOT_FOUND` or `IO_ERROR` if the file does not exist, `INVALID_FORMAT` if it is
 * damaged or a frame is larger than `maxFrameBytes`, and `UNSUPPORTED` for another codec, or B-frames if FFmpeg is not
 * installed or `source` is not a path.
 *
 * @param source the path of the file, or its contents
 * @example
 * for await (const { codec, sample, isKeyframe, nanos, index } of rr.video.mp4Samples("drive.mp4")) {
 *   if (index === 0) rec.log("camera", new rr.VideoStream(codec), { static: true });
 *   const time = { video: { duration: { nanos } } };
 *   rec.log("camera", rr.VideoStream.fromFields({ sample, isKeyframe }), { time });
 * }
 */
export function mp4Samples(
  source: VideoFileLike,
  samplesOptions: Mp4SamplesOptions = {},
): AsyncGenerator<media.Mp4Sample, void, void> {
  return yieldingRerunErrors(
    (async function* () {
      checkOptions("mp4Samples", samplesOptions, SAMPLES_OPTIONS);
      const { transcode, ...options } = samplesOptions;
      const file = await openVideo(source, transcode, options.signal);
      try {
        yield* media.mp4Samples(file.contents, options);
      } finally {
        await file.close();
      }
    })(),
  );
}

/**
 * Logs an MP4 video as a `VideoStream`. Each key frame and the frames up to the next are one chunk, so viewers load
 * only what they show. This is the same as `Mp4Reader` of Rerun's Python SDK. {@link mp4Samples} has the details.
 *
 * @param source the path of the file, or its contents
 * @throws {RerunError} `NOT_FOUND` or `IO_ERROR` if the file does not exist
 * @throws {RerunError} `INVALID_FORMAT` if it is damaged. What comes before the damage is logged
 * @throws {RerunError} `UNSUPPORTED` if viewers cannot show its codec, or it has B-frames and FFmpeg cannot encode it
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong
 *
 * @example
 * await rr.video.logVideoFile(rec, "camera", "drive.mp4", { start: new Date("2026-01-31T12:00:00Z") });
 */
export function logVideoFile(
  recording: RecordingStream,
  entityPath: EntityPathLike,
  source: VideoFileLike,
  logOptions: LogVideoFileOptions = {},
): Promise<media.LoggedVideo> {
  return withRerunErrors(async () => {
    checkRecording(recording, "log");
    checkOptions("logVideoFile", logOptions, LOG_OPTIONS);
    const { transcode, ...options } = logOptions;
    const file = await openVideo(source, transcode, options.signal);
    try {
      return await media.logVideoFile(recording, entityPath, file.contents, options);
    } finally {
      await file.close();
    }
  });
}

function isPath(source: VideoFileLike): source is string | URL {
  return typeof source === "string" || isUrl(source);
}

/** A video of which parts are read. */
interface OpenVideo {
  readonly contents: media.Mp4Contents;
  close(): Promise<void>;
}

/** Opens a video, and encodes it again where it has to be. */
async function openVideo(
  source: VideoFileLike,
  transcode: boolean | TranscodeOptions | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenVideo> {
  const options = typeof transcode === "boolean" || transcode === undefined ? {} : transcode;
  checkTranscodeOptions(options);
  if (!isPath(source)) {
    if (transcode === undefined || transcode === false) return { contents: source, close: async () => {} };
    throw invalidArgument("source", "a path, so that FFmpeg can encode it with `transcode`", source);
  }
  const file = await openFile(source);
  if (transcode === false) return file;
  try {
    const codec = await codecToEncode(file.contents, options, signal);
    if (codec === undefined) return file;
    await file.close();
    return await openEncoded(await transcodeVideo(toPathString(source), codec, options, signal));
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openEncoded(encoded: TranscodedVideo): Promise<OpenVideo> {
  try {
    const file = await openFile(encoded.path);
    const close = async (): Promise<void> => {
      await file.close();
      await encoded.remove();
    };
    return { contents: file.contents, close };
  } catch (error) {
    await encoded.remove();
    throw error;
  }
}

/** The codec in which a file has to be encoded again, or `undefined`. */
async function codecToEncode(
  contents: media.Mp4Contents,
  { outputCodec, gopSize }: TranscodeOptions,
  signal: AbortSignal | undefined,
): Promise<media.VideoCodec | undefined> {
  try {
    const { codec, hasBFrames } = await media.readMp4Facts(contents, signal);
    const isOther = gopSize !== undefined || (outputCodec ?? codec) !== codec;
    return hasBFrames || isOther ? (outputCodec ?? codec) : undefined;
  } catch (error) {
    // FFmpeg decodes more codecs than viewers.
    if (isRerunError(error) && error.code === "UNSUPPORTED" && outputCodec !== undefined) return outputCodec;
    throw error;
  }
}

/** Opens a file of which parts are read. */
async function openFile(path: string | URL): Promise<OpenVideo> {
  const name = toPathString(path);
  let handle: FileHandle | undefined;
  try {
    handle = await open(name);
    const { size } = await handle.stat();
    const opened = handle;
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await opened.read(bytes, 0, length, offset).catch((error: unknown) => {
        throw fileFailure(name, error);
      });
      return bytes.subarray(0, bytesRead);
    };
    return { contents: { size, read }, close: () => opened.close() };
  } catch (error) {
    await handle?.close();
    throw fileFailure(name, error);
  }
}
