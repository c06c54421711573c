import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { checkAborted } from "@rerun-ts/core/util";
import { runFfmpeg } from "@rerun-ts/node/processes";

const INSTALL = "install it (`apt-get install ffmpeg`, `brew install ffmpeg`), or pass its path as `ffmpegPath`";
const ENCODER = "libx264";

export interface EncodedFilm {
  /** The program FFmpeg. */
  readonly ffmpeg: string;
  /** A folder for temporary files, with the pictures. */
  readonly folder: string;
  /** The file with the pictures: PNGs, one after the other. */
  readonly pictures: string;
  /** Pictures per second. */
  readonly fps: number;
  readonly isGif: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Checks that FFmpeg can be run and has an encoder. Rejects with `NOT_FOUND` or `UNSUPPORTED`. */
export async function checkFfmpeg(ffmpeg: string, isGif: boolean, signal: AbortSignal | undefined): Promise<void> {
  checkAborted(signal, "rendering");
  let encoders: string;
  try {
    ({ stdout: encoders } = await promisify(execFile)(ffmpeg, ["-hide_banner", "-encoders"], { signal }));
  } catch (error) {
    checkAborted(signal, "rendering");
    throw new RerunError(
      "NOT_FOUND",
      `a film needs FFmpeg, but ${ffmpeg} cannot be run (${messageOf(error).trim()}): ${INSTALL}`,
      {
        cause: error,
      },
    );
  }
  const name = isGif ? "gif" : ENCODER;
  if (!encoders.split("\n").some((line) => line.trim().split(/\s+/)[1] === name))
    throw new RerunError(
      "UNSUPPORTED",
      `a film needs FFmpeg with the encoder ${name}, which ${ffmpeg} lacks: ${INSTALL}`,
    );
}

/** Encodes the pictures of a film. Resolves to the path of the film, in the folder. Rejects with `UNSUPPORTED`. */
export async function encodeFilm({ ffmpeg, folder, pictures, fps, isGif, signal }: EncodedFilm): Promise<string> {
  const input = [
    "-nostdin",
    "-v",
    "error",
    "-f",
    "image2pipe",
    "-c:v",
    "png",
    "-framerate",
    String(fps),
    "-i",
    pictures,
  ];
  const encode = async (args: readonly string[]): Promise<void> => {
    const problem = await runFfmpeg(ffmpeg, [...input, ...args], signal);
    checkAborted(signal, "rendering");
    if (problem !== undefined) throw new RerunError("UNSUPPORTED", `FFmpeg cannot encode the film: ${problem}`);
  };
  if (!isGif) {
    const film = join(folder, "film.mp4");
    // The codec has even sizes only.
    const even = ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"];
    await encode([...even, "-c:v", ENCODER, "-crf", "18", "-movflags", "+faststart", film]);
    return film;
  }
  // The colours of all pictures first: FFmpeg would keep the whole film in memory to do both together.
  const [palette, film] = [join(folder, "palette.png"), join(folder, "film.gif")];
  await encode(["-vf", "palettegen", "-update", "1", palette]);
  await encode(["-i", palette, "-lavfi", "paletteuse=diff_mode=rectangle", film]);
  return film;
}
