import { writeFile } from "node:fs/promises";
import * as rr from "@rerun-ts/node";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { afterEach, expect, test, vi } from "vitest";
import { outputFile } from "./harness/output.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";

const STREAMS = isSoak ? 2000 : 40;
/** Each step takes as long as the window, so that the window begins with a step. */
const SECONDS = 10;
/** How far a clock moves from row to row. */
const STEPS = [0, 1, 1, 2, -7];
const ENTITIES = ["/a", "/a/b", "/a/b/c", "/d"];

afterEach(() => vi.restoreAllMocks());

test("a dump of a flight recorder holds its window, and what that needs from before", async (context) => {
  needRerun(context);
  const pairs = [];
  for (let seed = 1; seed <= STREAMS; seed++) pairs.push(await recordPair(seed));
  const differences = await runPython<string[][]>("check_dumps.py", pairs);
  const failed = differences.flatMap((found, index) => (found.length === 0 ? [] : [{ seed: index + 1, found }]));
  expect(failed.slice(0, 3)).toEqual([]);
  await rerunRrd("verify", ...pairs.slice(0, 20).map(({ dump }) => dump));
});

/** Logs a random stream, and writes it as a whole and as a dump. */
async function recordPair(seed: number): Promise<{ whole: string; dump: string; first_step: number }> {
  const random = seededRandom(seed);
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const rec = new rr.RecordingStream("flight", { recordingId: `stream-${seed}` });
  const memory = new rr.MemorySink();
  // A little more than the steps of the window, so that rounding does not matter.
  const box = new rr.FlightRecorder({ seconds: SECONDS + 0.001 });
  await rec.setSinks([memory, box]);
  const steps = 1 + random(12);
  const length = 1 + random(4);
  const clocks = { frame: 100, step_time: 5, tick: 0 };
  for (let step = 0; step < steps; step++) {
    now = (step * SECONDS * 1000) / length + 1;
    for (let row = random(6); row >= 0; row--) logRandomly(rec, random, clocks, step);
    await rec.flush();
  }
  const [whole, dump] = [outputFile(`flight-${seed}-whole.rrd`), outputFile(`flight-${seed}-dump.rrd`)];
  await writeFile(whole, memory.toBytes());
  await writeFile(dump, box.toBytes("the reason"));
  await rec.close();
  vi.restoreAllMocks();
  return { whole, dump, first_step: Math.max(0, steps - 1 - length) };
}

type Random = (below: number) => number;

function logRandomly(rec: rr.RecordingStream, random: Random, clocks: Record<string, number>, step: number): void {
  const path = ENTITIES[random(ENTITIES.length)] as string;
  const mark = new rr.AnyValues({ step });
  rec.resetTime();
  for (const name of Object.keys(clocks)) {
    // Clocks advance, stand still, or are set back.
    clocks[name] = (clocks[name] as number) + (STEPS[random(STEPS.length)] as number);
    if (random(3) > 0) rec.setTime(name, clocks[name] as number);
  }
  switch (random(8)) {
    case 0:
      return rec.log(path, [new rr.Points3D([[step, 1, 2]], { radii: 1 }), mark], { static: true });
    case 1:
      return rec.log(path, [random(2) === 0 ? rr.Clear.flat() : rr.Clear.recursive(), mark]);
    case 2:
      return logColumns(rec, path, random, step);
    case 3:
      return logFrame(rec, random, step);
    case 4:
      return rec.log(path, [new rr.TextLog("text", random(2) === 0 ? {} : { level: "INFO" }), mark]);
    case 5:
      return rec.log(path, [new rr.Transform3D({ translation: [step, 0, 0] }), mark]);
    case 6:
      return rec.sendBlueprint(new rr.blueprint.Blueprint(new rr.blueprint.Spatial3DView({ name: `at ${step}` })));
    default:
      return rec.log(path, [new rr.Scalars(Array.from({ length: random(3) }, () => random(100))), mark]);
  }
}

function logColumns(rec: rr.RecordingStream, path: string, random: Random, step: number): void {
  const rows = 1 + random(5);
  const times = Array.from({ length: rows }, () => random(50));
  const columns = [
    ...rr.Scalars.columns({ scalars: times.map((time) => time / 2) }),
    ...rr.AnyValues.columns({ step: times.map(() => step) }),
  ];
  rec.sendColumns(path, [rr.TimeColumn.sequence("frame", times)], columns);
}

/** A frame of the video `/camera`, whose first frame is a key frame. All frames have the same timelines. */
function logFrame(rec: rr.RecordingStream, random: Random, step: number): void {
  const isFirst = !started.has(rec);
  started.add(rec);
  rec.resetTime();
  rec.setTime("frame", step);
  const isKeyframe = isFirst || random(4) === 0;
  const sample = Uint8Array.from({ length: 8 }, () => random(256));
  rec.log("/camera", [
    new rr.VideoStream("H264", { sample, ...(isKeyframe ? { isKeyframe } : {}) }),
    new rr.AnyValues({ step }),
  ]);
}

const started = new WeakSet<rr.RecordingStream>();
