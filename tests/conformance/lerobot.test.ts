import { join } from "node:path";
import { importLeRobot } from "@rerun-ts/import";
import * as rr from "@rerun-ts/node";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { expect, test } from "vitest";
import { outputFile } from "./harness/output.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";

const VIDEOS = join(import.meta.dirname, "assets/video");
/** Videos of 2.3 seconds. Only that with H.265 has a key frame where the second episode of a shared file begins. */
const DATASETS = [
  { version: "v2.1", video: "h264" },
  { version: "v3.0", video: "h265" },
  { version: "v3.0", video: "av1" },
] as const;

test("LeRobot datasets become the recordings of Rerun's importer", async (context) => {
  needRerun(context);
  const datasets = DATASETS.map(({ version, video }, index) => ({
    version,
    folder: outputFile(`lerobot.${index}`),
    video: join(VIDEOS, `${video}.mp4`),
    out: outputFile(`lerobot.${index}.theirs.rrd`),
  }));
  await runPython("write_lerobot.py", datasets);
  const pairs = await Promise.all(
    datasets.map(async ({ folder, out: theirs }, index) => {
      const ours = outputFile(`lerobot.${index}.ours.rrd`);
      const recording = new rr.RecordingStream("lerobot", { recordingId: "base", sendProperties: false });
      await recording.save(ours);
      await recording.logFileFromPath(folder);
      await recording.close();
      await rerunRrd("verify", ours);
      return { ours, theirs, recordings: true };
    }),
  );
  expect(await runPython("compare_mcap.py", pairs)).toEqual(DATASETS.map(() => []));
});

test("importLeRobot reports the episodes whose videos cannot be cut out of their file", async (context) => {
  needRerun(context);
  const folder = outputFile("lerobot.parts");
  const parts = [
    [0, 1],
    [0.4, 1.4],
    [1, 2],
    [1.95, 2],
    [2, 2],
    [2.1, 2.2],
    [9, 10],
  ];
  await runPython("write_lerobot.py", [{ folder, version: "v3.0", video: join(VIDEOS, "h265.mp4"), parts }]);
  const recording = new rr.RecordingStream("lerobot");
  await recording.setSinks([new rr.MemorySink()]);
  const warnings: string[] = [];
  const warned = new rr.RecordingStream("lerobot", { onWarning: ({ message }) => void warnings.push(message) });
  await warned.setSinks([new rr.MemorySink()]);
  await warned.logFileFromPath(folder);
  expect(warnings).toEqual([
    expect.stringContaining("a part of episode 1, observation.images.cam cannot be imported: its part of the video"),
  ]);
  const { episodes, problems } = await importLeRobot(recording, folder);
  expect(episodes).toBe(parts.length);
  const reasons = [...problems].sort((a, b) => Number(a.episode) - Number(b.episode));
  expect(reasons.map(({ episode, reason }) => `${episode}: ${reason}`)).toEqual([
    "1: its part of the video is also that of another episode",
    "3: its part of the video is also that of another episode",
    "4: its part of the video has no frames",
    "5: its part of the video does not begin with a key frame",
    "6: the video ends before the episode",
  ]);
});
