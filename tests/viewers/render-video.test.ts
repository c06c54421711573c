import { chmod, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Image, RecordingStream, blueprint } from "@rerun-ts/node";
import { renderVideo, type RenderVideoOptions } from "@rerun-ts/testing";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { ensureFfmpeg } from "@rerun-ts/test-support/setup/ffmpeg";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const rerun = await findRerun();
const found = rerun === undefined ? { missing: "rerun-sdk is not there" } : await ensureFfmpeg(rerun.python);
const missing = "missing" in found ? found.missing : hasVulkan() ? undefined : "there is no Vulkan driver";
if (missing !== undefined && isCi) throw new Error(missing);
const ffmpegPath = "missing" in found ? "" : found.ffmpeg;

const SIZE = { width: 163, height: 121 };

let folder: string;
beforeEach(() => {
  folder = makeTemporaryFolder().path;
});
afterEach(() => removeTemporaryFolder(folder));

/** A square that is red, green and blue at the frames 5, 6 and 7, and at 0, 0.5 and 1 s. */
function scene(): RecordingStream {
  const recording = new RecordingStream("film");
  for (const index of [0, 1, 2]) {
    recording.setTime("frame", 5 + index);
    recording.setTime("t", { duration: index / 2 });
    const pixels = new Uint8Array(12);
    for (let at = index; at < 12; at += 3) pixels[at] = 255;
    recording.log("square", new Image({ data: pixels, width: 2, height: 2, colorModel: "RGB" }));
  }
  return recording;
}

const LAYOUT = new blueprint.Spatial2DView({ origin: "/square" });

function render(name: string, options: RenderVideoOptions): ReturnType<typeof renderVideo> {
  const common = { blueprint: LAYOUT, executablePath: rerun?.rerun, ffmpegPath, size: SIZE };
  return renderVideo(scene(), join(folder, name), { ...common, ...options });
}

/** The names of the colours in the middle of the frames of a film. */
async function colorsOf(name: string): Promise<string[]> {
  const raw = join(folder, "raw");
  const args = [
    "-v",
    "error",
    "-i",
    join(folder, name),
    "-vf",
    "crop=2:2:iw/2:ih-20,format=rgb24",
    "-fps_mode",
    "passthrough",
  ];
  const { code, output } = await run(ffmpegPath, [...args, "-f", "rawvideo", "-y", raw], { capture: true });
  expect({ code, output }).toEqual({ code: 0, output: "" });
  const bytes = await readFile(raw);
  return Array.from({ length: bytes.length / 12 }, (_, frame) => {
    const [r = 0, g = 0, b = 0] = bytes.subarray(12 * frame);
    return ["red", "green", "blue"][[r, g, b].indexOf(Math.max(r, g, b))] ?? "";
  });
}

/** What FFmpeg says about a film. */
async function factsOf(name: string): Promise<string> {
  return (await run(ffmpegPath, ["-hide_banner", "-i", join(folder, name)], { capture: true })).output;
}

describe.skipIf(missing !== undefined)("renderVideo", () => {
  it("draws a picture for each number of a sequence into an MP4 file, with progress", async () => {
    const seen: number[] = [];
    const drawn = await render("film.mp4", {
      timeline: "frame",
      fps: 5,
      onProgress: ({ pictures }) => seen.push(pictures),
    });
    expect(drawn).toEqual({ pictures: 3, totalPictures: 3 });
    expect(seen).toEqual([1, 2, 3]);
    expect(await colorsOf("film.mp4")).toEqual(["red", "green", "blue"]);
    expect(await factsOf("film.mp4")).toContain(" 5 fps,");
  });

  it("draws a GIF of a part of a timeline with times, as fast as these", async () => {
    await render("film.gif", { timeline: "t", from: { duration: 0.5 }, to: { duration: 1 }, fps: 4 });
    // At 0.5, 0.75 and 1 s.
    expect(await colorsOf("film.gif")).toEqual(["green", "green", "blue"]);
    expect(await factsOf("film.gif")).toContain(" 4 fps,");
  });

  it("leaves no file if a call is aborted or an argument is wrong, and says which", async () => {
    const stop = new AbortController();
    const aborted = render("film.mp4", { timeline: "frame", signal: stop.signal, onProgress: () => stop.abort() });
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
    await expect(render("film.mp4", { timeline: "nope" })).rejects.toThrow("`timeline` must be one of ");
    await expect(render("film.mp4", { timeline: "t", from: 5 })).rejects.toThrow("`from` must be a duration");
    await expect(render("film.mp4", { timeline: "frame", from: 7, to: 6 })).rejects.toThrow(
      "`to` must not be before `from`",
    );
    await expect(render("film.mp4", { timeline: "t", step: 1e-9 })).rejects.toThrow("more than 100000");
    expect(await readdir(folder)).toEqual([]);
  });

  it("says that FFmpeg, its encoder or a folder is missing, before it draws", async () => {
    const lame = join(folder, "ffmpeg");
    await writeFile(lame, "#!/bin/sh\necho ' V..... mpeg4  MPEG-4'\n");
    await chmod(lame, 0o755);
    await expect(render("film.mp4", { ffmpegPath: "/no/ffmpeg" })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining("a film needs FFmpeg, but /no/ffmpeg cannot be run") as string,
    });
    await expect(render("film.mp4", { ffmpegPath: lame })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("a film needs FFmpeg with the encoder libx264") as string,
    });
    await expect(render("no/film.mp4", {})).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(render("film.webm", {})).rejects.toThrow(
      "`path` must be the path of a file that ends in .mp4 or .gif",
    );
    await expect(render("film.gif", { fps: 60 })).rejects.toThrow("`fps` must be a positive number up to 50");
    expect(await readdir(folder)).toEqual(["ffmpeg"]);
  });
});
