import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { RerunError } from "@rerun-ts/core";
import { checkOptions, invalidArgument, messageOf, type OptionNames, isUrl } from "@rerun-ts/core/checks";
import { checkAborted } from "@rerun-ts/core/util";
import type { VideoCodec } from "@rerun-ts/types/media";
import { toPathString } from "./read-bytes.ts";
import { runFfmpeg } from "./run-ffmpeg.ts";

/** Options of encoding an MP4 video again with FFmpeg: `Mp4TranscodeOptions` of Rerun's Python SDK. */
export interface TranscodeOptions {
  /** The codec of the result: H264, H265, AV1 or VP9. Default: that of the file. */
  outputCodec?: VideoCodec | undefined;
  /** The number of frames from a key frame to the next. Default: that of the encoder. */
  gopSize?: number | undefined;
  /**
   * Whether to encode with NVENC or VideoToolbox if FFmpeg has them. Encodes with the processor if that fails. Default
   * false.
   */
  tryGpu?: boolean | undefined;
  /** The path of the executable of FFmpeg, 5.1 or later. Default: `ffmpeg` in `PATH`. */
  ffmpegOverride?: string | URL | undefined;
}

/** An encoded file, which exists until it is removed. */
export interface TranscodedVideo {
  readonly path: string;
  remove(): Promise<void>;
}

/** An encoder of FFmpeg with its arguments. */
type Encoder = readonly [name: string, ...parameters: string[]];

const OPTIONS: OptionNames<TranscodeOptions> = { outputCodec: 1, gopSize: 1, tryGpu: "boolean", ffmpegOverride: 1 };
/** Encoders by codec, the preferred first. The quality is that of Rerun 0.41. FFmpeg's MP4 files have no VP8. */
const ENCODERS: Readonly<Partial<Record<VideoCodec, readonly Encoder[]>>> = {
  H264: [["libx264", "-crf", "18", "-bf", "0"]],
  H265: [["libx265", "-crf", "20", "-bf", "0"]],
  AV1: [
    ["libsvtav1", "-crf", "30"],
    ["libaom-av1", "-crf", "30"],
  ],
  VP9: [["libvpx-vp9", "-crf", "31", "-b:v", "0"]],
};
const GPU_ENCODERS: typeof ENCODERS = {
  H264: [
    ["h264_nvenc", "-rc", "vbr", "-cq", "23", "-bf", "0"],
    ["h264_videotoolbox", "-q:v", "65", "-bf", "0"],
  ],
  H265: [
    ["hevc_nvenc", "-rc", "vbr", "-cq", "25", "-bf", "0"],
    ["hevc_videotoolbox", "-q:v", "65", "-bf", "0"],
  ],
  AV1: [["av1_nvenc", "-rc", "vbr", "-cq", "30", "-bf", "0"]],
};
const INSTALL =
  "install FFmpeg (`apt-get install ffmpeg`, `brew install ffmpeg`), or pass its path as `transcode.ffmpegOverride`";

/** Checks options. @throws {TypeError} or {RangeError} if they are wrong */
export function checkTranscodeOptions(options: TranscodeOptions): void {
  if (typeof options !== "object" || options === null)
    throw invalidArgument("transcode", "a boolean, or options such as { gopSize: 30 }", options);
  checkOptions("transcode", options, OPTIONS);
  const { outputCodec, gopSize, ffmpegOverride } = options;
  if (outputCodec !== undefined && ENCODERS[outputCodec] === undefined)
    throw invalidArgument("transcode.outputCodec", '"H264", "H265", "AV1" or "VP9"', outputCodec);
  if (gopSize !== undefined && !(Number.isInteger(gopSize) && gopSize > 0 && gopSize < 2 ** 31))
    throw invalidArgument("transcode.gopSize", "a positive integer", gopSize);
  if (ffmpegOverride !== undefined && typeof ffmpegOverride !== "string" && !isUrl(ffmpegOverride))
    throw invalidArgument("transcode.ffmpegOverride", "the path of FFmpeg", ffmpegOverride);
}

/**
 * Encodes the first video of an MP4 file again, without B-frames, into a temporary file.
 *
 * @throws {RerunError} `UNSUPPORTED` if FFmpeg is not there, or cannot do it; `ABORTED` if the signal fires
 */
export async function transcodeVideo(
  source: string,
  codec: VideoCodec,
  options: TranscodeOptions,
  signal: AbortSignal | undefined,
): Promise<TranscodedVideo> {
  const program = options.ffmpegOverride === undefined ? "ffmpeg" : toPathString(options.ffmpegOverride);
  const encoders = await encodersFor(program, codec, options.tryGpu ?? false, signal);
  const folder = await mkdtemp(join(tmpdir(), "rerun-ts-video-"));
  // Also if the program ends before.
  const removeAtExit = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", removeAtExit);
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    process.off("exit", removeAtExit);
  };
  const path = join(folder, "video.mp4");
  try {
    for (const [index, encoder] of encoders.entries()) {
      const problem = await runFfmpeg(program, argumentsOf(source, encoder, options.gopSize, path), signal);
      checkAborted(signal, "reading the video");
      if (problem === undefined) return { path, remove };
      if (index === encoders.length - 1)
        throw new RerunError("UNSUPPORTED", `FFmpeg cannot encode the video again: ${problem}`);
    }
    throw new RerunError("UNSUPPORTED", `${program} has no encoder for ${codec}: choose \`transcode.outputCodec\``);
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The encoders for a codec that FFmpeg has. */
async function encodersFor(
  program: string,
  codec: VideoCodec,
  tryGpu: boolean,
  signal: AbortSignal | undefined,
): Promise<readonly Encoder[]> {
  checkAborted(signal, "reading the video");
  let list: string;
  try {
    ({ stdout: list } = await promisify(execFile)(program, ["-hide_banner", "-encoders"], {
      signal,
      windowsHide: true,
    }));
  } catch (error) {
    checkAborted(signal, "reading the video");
    const reason = "the video has B-frames, or `transcode` asks for another encoding, but FFmpeg cannot do it";
    throw new RerunError("UNSUPPORTED", `${reason} (${messageOf(error).trim()}): ${INSTALL}`, { cause: error });
  }
  const names = new Set(list.split("\n").map((line) => line.trim().split(/\s+/)[1]));
  const [software] = (ENCODERS[codec] ?? []).filter(([name]) => names.has(name));
  const gpu = tryGpu ? (GPU_ENCODERS[codec] ?? []).filter(([name]) => names.has(name)) : [];
  return software === undefined ? gpu : [...gpu, software];
}

function argumentsOf(
  source: string,
  [encoder, ...parameters]: Encoder,
  gopSize: number | undefined,
  target: string,
): string[] {
  const gop = gopSize === undefined ? [] : ["-g", `${gopSize}`, "-force_key_frames", `expr:gte(n,n_forced*${gopSize})`];
  // Inputs of other kinds could name further files and servers.
  const input = ["-nostdin", "-v", "error", "-protocol_whitelist", "file", "-f", "mp4", "-i", resolve(source)];
  // The first video that is not a cover picture.
  const encoding = ["-map", "0:V:0", "-c:v", encoder, ...parameters, ...gop, "-fps_mode", "passthrough"];
  return [...input, ...encoding, "-f", "mp4", "-y", target];
}
