import { compareRrd } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { ensureFfmpeg } from "@rerun-ts/test-support/setup/ffmpeg";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { outputFile } from "./harness/output.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";

/** Red for a second, green for another, then blue: in each codec, in fragments, and beside a sound. */
const VIDEOS = join(import.meta.dirname, "assets/video");

test("logVideoFile logs the chunks of Rerun's own reader of MP4 files", async (context) => {
  needRerun(context);
  const folder = outputFile("videos");
  await mkdir(folder, { recursive: true });
  const names = await readdir(VIDEOS);
  await Promise.all(names.map((name) => copyFile(join(VIDEOS, name), join(folder, name))));
  await writeFile(join(folder, "trimmed.mp4"), await trimmed(join(VIDEOS, "h264.mp4")));
  names.push("trimmed.mp4");
  const theirs = (name: string): string => outputFile(`${name}.theirs.rrd`);
  expect(
    await runPython(
      "read_mp4.py",
      names.map((name) => [join(folder, name), theirs(name)]),
    ),
  ).toBe(8);
  for (const name of names) {
    const path = join(folder, name);
    // From its path, and from memory.
    for (const source of [path, new Blob([await readFile(path)])]) {
      const ours = outputFile(`${name}.ours.rrd`);
      const rec = new rr.RecordingStream("video", { recordingId: "one", sendProperties: false });
      await rec.save(ours);
      expect(await rr.video.logVideoFile(rec, "camera", source)).toMatchObject({ frames: 23 });
      await rec.close();
      await rerunRrd("verify", ours);
      const comparison = await compareRrd(ours, theirs(name), { chunks: true });
      expect([name, comparison.differences]).toEqual([name, []]);
    }
  }
});

test("logVideoFile encodes videos again as Rerun's own reader does", async (context) => {
  const found = await ensureFfmpeg(needRerun(context).python);
  if ("missing" in found) {
    if (isCi) throw new Error(found.missing);
    context.skip(found.missing);
    return;
  }
  const ffmpegOverride = await programPath(found.ffmpeg);
  const cases: readonly (readonly [file: string, options: rr.video.TranscodeOptions])[] = [
    ["b-frames.mp4", {}],
    ["video/h264-with-sound.mp4", { gopSize: 5 }],
    ["video/av1.mp4", { outputCodec: "H264" }],
    ["video/h264.mp4", { outputCodec: "H265", gopSize: 4 }],
    ["b-frames.mp4", { outputCodec: "AV1" }],
    ["video/h264.mp4", { outputCodec: "VP9" }],
  ];
  const theirs = (index: number): string => outputFile(`encoded.${index}.theirs.rrd`);
  const request = cases.map(([file, { outputCodec = null, gopSize = null }], index) => {
    return [join(VIDEOS, "..", file), theirs(index), outputCodec, gopSize, ffmpegOverride];
  });
  expect(await runPython("read_mp4.py", request)).toBe(cases.length);
  for (const [index, [file, options]] of cases.entries()) {
    const ours = outputFile(`encoded.${index}.ours.rrd`);
    const rec = new rr.RecordingStream("video", { recordingId: "one", sendProperties: false });
    await rec.save(ours);
    const transcode = { ...options, ffmpegOverride };
    await rr.video.logVideoFile(rec, "camera", join(VIDEOS, "..", file), { transcode });
    await rec.close();
    const comparison = await compareRrd(ours, theirs(index), { chunks: true });
    expect([file, options, comparison.differences]).toEqual([file, options, []]);
  }
});

/** The path of a program, because Rerun's reader needs one. */
async function programPath(program: string): Promise<string> {
  if (program.includes("/")) return program;
  const { output } = await run("which", [program], { capture: true });
  return output.trim();
}

/** A video with an edit list that omits the first frames, as programs write that cut without encoding again. */
async function trimmed(path: string): Promise<Buffer> {
  const video = await readFile(path);
  // Behind the type of the box: the version, the number of edits, the first edit's duration, and its time.
  const time = video.indexOf("elst") + 16;
  expect(video.readUInt32BE(time)).toBe(0);
  video.writeUInt32BE(4096, time);
  return video;
}
