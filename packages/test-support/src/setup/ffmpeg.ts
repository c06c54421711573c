import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../node/environment.ts";
import { run } from "../node/run.ts";
import type { Missing } from "./rerun.ts";

/** A Python package that contains FFmpeg. */
const PACKAGE = "imageio-ffmpeg==0.8.1";
const FOLDER = join(root, ".cache", PACKAGE.replace("==", "-"));
const PROGRAMS = join(FOLDER, "imageio_ffmpeg/binaries");

/** Finds the FFmpeg in `PATH`, or installs one in `.cache` with the `pip` of a Python. */
export async function ensureFfmpeg(python: string): Promise<{ readonly ffmpeg: string } | Missing> {
  const { output } = await run("ffmpeg", ["-hide_banner", "-encoders"], { capture: true });
  if (output.includes("libx264")) return { ffmpeg: "ffmpeg" };
  if (!existsSync(PROGRAMS)) {
    console.log(`Installing ${PACKAGE} in .cache (70 MB) …`);
    await mkdir(join(FOLDER, ".."), { recursive: true });
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", FOLDER];
    const installed = await run(python, [...args, PACKAGE], { capture: true });
    if (installed.code !== 0) {
      await rm(FOLDER, { recursive: true, force: true });
      return { missing: `FFmpeg cannot be installed: ${installed.output.trim()}` };
    }
  }
  const program = (await readdir(PROGRAMS)).find((name) => name.startsWith("ffmpeg-"));
  return program === undefined ? { missing: "the package has no FFmpeg" } : { ffmpeg: join(PROGRAMS, program) };
}
