import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../node/run.ts";
import { ensurePipTarget } from "./pip-target.ts";
import type { Missing } from "./rerun.ts";

/** A Python package that contains FFmpeg. */
const PACKAGE = "imageio-ffmpeg==0.8.1";

/** Finds the FFmpeg in `PATH`, or installs one in `.cache` with the `pip` of a Python. */
export async function ensureFfmpeg(python: string): Promise<{ readonly ffmpeg: string } | Missing> {
  const { output } = await run("ffmpeg", ["-hide_banner", "-encoders"], { capture: true });
  if (output.includes("libx264")) return { ffmpeg: "ffmpeg" };
  const found = await ensurePipTarget(python, PACKAGE, "70 MB");
  if ("missing" in found) return found;
  const programs = join(found.folder, "imageio_ffmpeg/binaries");
  const program = (await readdir(programs)).find((name) => name.startsWith("ffmpeg-"));
  return program === undefined ? { missing: "the package has no FFmpeg" } : { ffmpeg: join(programs, program) };
}
