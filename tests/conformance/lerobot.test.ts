import { join } from "node:path";
import { importLeRobot } from "@rerun-ts/arrow";
import * as rr from "@rerun-ts/node";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { expect, test } from "vitest";
import { outputFile } from "./harness/output.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";

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
    video: join(import.meta.dirname, `assets/video/${video}.mp4`),
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
  const problems = await Promise.all(
    datasets.map(async ({ folder }) => {
      const recording = new rr.RecordingStream("lerobot");
      await recording.setSinks([new rr.MemorySink()]);
      return (await importLeRobot(recording, folder)).problems;
    }),
  );
  const noKeyframe = { episode: 1, feature: "observation.images.cam" };
  expect(problems).toMatchObject([[], [], [noKeyframe]]);
});
