// The judges of optimized recordings are Rerun's own command and its query engine.
import { writeFile } from "node:fs/promises";
import { compareRrd, openRrd, optimizeRrd, type OptimizeProfile } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { beforeAll, describe, expect, test } from "vitest";
import { outputFile } from "./harness/output.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";

const path = (name: string): string => outputFile(`optimize.${name}.rrd`);

/** Many small chunks of every kind: numbers, large and small data together, static data, times that go back. */
async function record(): Promise<void> {
  const rec = new rr.RecordingStream("optimize", { recordingId: "one", batcher: { flushNumRows: 3 } });
  await rec.save(path("source"));
  rec.log("title", new rr.TextDocument("first"), { static: true });
  rec.log("title", new rr.TextDocument("second"), { static: true });
  rec.log("video", new rr.VideoStream("H264"), { static: true });
  for (let frame = 0; frame < 300; frame++) {
    rec.setTime("frame", frame);
    for (let curve = 0; curve < 5; curve++) rec.log(`plots/${curve}`, new rr.Scalars(frame * curve));
    if (frame % 3 === 0) rec.log("points", new rr.Points3D([[frame, 0, 0]], { labels: [`point ${frame}`] }));
    if (frame % 4 === 0)
      rec.log("camera", [new rr.Tensor(new Uint8Array(20_000).fill(frame)), new rr.TextLog(`${frame}`)]);
    rec.log("video", rr.VideoStream.fromFields({ sample: sampleOf(frame) }));
    rec.setTime("frame", 1000 - frame);
    rec.log("backwards", new rr.Scalars(frame));
  }
  rec.setTime("frame", 0);
  rec.sendColumns(
    "large",
    rr.TimeColumn.sequence(
      "frame",
      new Int32Array(100_000).map((_, row) => row),
    ),
    rr.Scalars.columns({ scalars: new Float64Array(100_000) }),
  );
  await rec.close();
}

function sampleOf(frame: number): Uint8Array {
  const parameters = [0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x0a, 0xda, 0x08, 0x36, 0x40, 0, 0, 0, 1, 0x68, 0xce, 0x0f, 0xc8];
  const number = [frame >> 8, frame & 0xff];
  return Uint8Array.from(
    frame % 30 === 0 ? [...parameters, 0, 0, 0, 1, 0x65, 0x88, 0x84, ...number] : [0, 0, 0, 1, 0x41, 0x9a, ...number],
  );
}

async function chunkCounts(file: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  await using opened = await openRrd(file);
  for await (const { entityPath } of opened.recording().chunks()) counts[entityPath] = (counts[entityPath] ?? 0) + 1;
  return counts;
}

const total = (counts: Record<string, number>): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

describe("an optimized recording", () => {
  beforeAll(record);

  test.for<OptimizeProfile>(["live", "object-store"])(
    "has hardly more chunks than Rerun's: %s",
    async (profile, context) => {
      needRerun(context);
      const [ours, theirs] = [path(`${profile}.ours`), path(`${profile}.theirs`)];
      await writeFile(ours, optimizeRrd(path("source"), { profile }));
      await rerunRrd("optimize", "--profile", profile, path("source"), "-o", theirs);
      await rerunRrd("verify", ours);
      const counts = await chunkCounts(ours);
      expect(total(counts)).toBeLessThanOrEqual(total(await chunkCounts(theirs)) * 1.2);
      expect(total(counts)).toBeLessThan(total(await chunkCounts(path("source"))) / 5);
      const labels = "VideoStream:is_keyframe";
      expect((await compareRrd(ours, path("source"), { ids: true, ignore: ["log_time", labels] })).differences).toEqual(
        [],
      );
      // Videos without labels of key frames get them, as Rerun's.
      const ignore = ["log_time"];
      expect((await compareRrd(ours, theirs, { ignore })).differences).toEqual([]);
      await writeFile(ours, optimizeRrd(path("source"), { profile, fixKeyframes: true }));
      await rerunRrd("verify", ours);
      expect((await compareRrd(ours, theirs, { ignore })).differences).toEqual([]);
      // Labels that are there are replaced, not repeated.
      await writeFile(path("again"), optimizeRrd(ours, { profile, fixKeyframes: true }));
      expect((await compareRrd(path("again"), theirs, { ignore })).differences).toEqual([]);
    },
  );

  test("answers queries of Rerun's engine and of ours as before", async (context) => {
    needRerun(context);
    const ours = path("queried");
    // Without new labels of key frames.
    await writeFile(ours, optimizeRrd(path("source"), { gopBatching: false }));
    const contents = ["/**", "-/large", "-/camera/**"];
    const requests = [path("source"), ours].map((file) => ({
      file,
      query: { index: "frame", contents, fill_latest_at: true },
    }));
    const [before, after] = await runPython<unknown[]>("query_answers.py", requests);
    expect(after).toEqual(before);
    const tables = await Promise.all(
      [path("source"), ours].map(async (file) => {
        await using opened = await openRrd(file);
        return (await opened.recording().query({ index: "frame", contents, fillLatestAt: true }).toTable()).toString();
      }),
    );
    expect(tables[1]).toBe(tables[0]);
  });
});
