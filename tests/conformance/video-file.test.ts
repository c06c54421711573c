import { compareRrd } from "@rerun-ts/arrow";
import * as rr from "@rerun-ts/node";
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
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

/** A video with an edit list that omits the first frames, as programs write that cut without encoding again. */
async function trimmed(path: string): Promise<Buffer> {
  const video = await readFile(path);
  // Behind the type of the box: the version, the number of edits, the first edit's duration, and its time.
  const time = video.indexOf("elst") + 16;
  expect(video.readUInt32BE(time)).toBe(0);
  video.writeUInt32BE(4096, time);
  return video;
}
