import { compareRrd } from "@rerun-ts/arrow";
import * as rr from "@rerun-ts/node";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { outputFile } from "./harness/output.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";

/** Red for a second, green for another, then blue: in each codec, in fragments, and beside a sound. */
const VIDEOS = join(import.meta.dirname, "assets/video");

test("logVideoFile logs the chunks of Rerun's own reader of MP4 files", async (context) => {
  needRerun(context);
  const names = await readdir(VIDEOS);
  const theirs = (name: string): string => outputFile(`${name}.theirs.rrd`);
  expect(
    await runPython(
      "read_mp4.py",
      names.map((name) => [join(VIDEOS, name), theirs(name)]),
    ),
  ).toBe(7);
  for (const name of names) {
    const path = join(VIDEOS, name);
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
