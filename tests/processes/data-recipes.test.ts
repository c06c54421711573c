import { spawnSync } from "node:child_process";
import { copyFile, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { McapWriter, type IWritable } from "@mcap/core";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { openRrd, plainRows } from "@rerun-ts/reading";
import { INFER, TRAIN } from "@rerun-ts/test-support/examples/model-programs";
import { writeRecipe } from "@rerun-ts/test-support/examples/recipe";
import { root } from "@rerun-ts/test-support/node/environment";
import { freePort, urlOf } from "@rerun-ts/test-support/node/free-port";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { strongColors } from "@rerun-ts/test-support/viewers/strong-colors";
import { describe, expect } from "vitest";
import { RelayProgram } from "./harness/relay-program.ts";
import { it } from "./harness/test.ts";

const TABLE = `time,x,y,z,battery
2026-03-01T12:00:00Z,0,0,1,12.5
2026-03-01T12:00:00.5Z,1,0,1,
2026-03-01T12:00:01Z,1,2,"1",12.25
`;
const WRITE_PARQUET = `
import sys, datetime, pyarrow, pyarrow.parquet
times = [datetime.datetime(2026, 3, 1, 12, 0, second) for second in range(3)]
pyarrow.parquet.write_table(pyarrow.table({
    "time": pyarrow.array(times, pyarrow.timestamp("us")),
    "speed": [0.5, 1.5, 2.5],
    "position": pyarrow.array([[0, 0, 1], [1, 0, 1], [1, 2, 1]], pyarrow.list_(pyarrow.float32())),
}), sys.argv[1])`;
const WRITE_DRIVE = `
import sys, rerun as rr
rec = rr.RecordingStream("drive", recording_id="monday")
rec.save(sys.argv[1])
for frame, speed in enumerate([1.5, 2.5, 4.0]):
    rec.set_time("frame", sequence=frame)
    rec.log("speed", rr.Scalars(speed))
`;
/** Two seconds of a driver at 100 Hz, with a camera that is slower. */
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xd9]).toString("base64");
const MESSAGES = Array.from({ length: 200 }, (_, tick) => [
  JSON.stringify({ stamp: 80 + tick / 100, joints: { lift: tick / 400, reach: tick / 200 } }),
  ...(tick % 50 === 0 ? [JSON.stringify({ stamp: 80 + tick / 100, jpeg: JPEG })] : []),
]).flat();

/** An MCAP file with speeds as messages in JSON. */
async function mcapOf(speeds: readonly number[]): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0n;
  const writable: IWritable = {
    position: () => size,
    async write(bytes) {
      parts.push(bytes.slice());
      size += BigInt(bytes.length);
    },
  };
  const writer = new McapWriter({ writable });
  await writer.start({ profile: "", library: "test" });
  const data = new TextEncoder().encode('{ "type": "object" }');
  const schemaId = await writer.registerSchema({ name: "car.Speed", encoding: "jsonschema", data });
  const channel = { topic: "/car", schemaId, messageEncoding: "json", metadata: new Map([["unit", "m/s"]]) };
  const channelId = await writer.registerChannel(channel);
  for (const [index, speed] of speeds.entries()) {
    const time = BigInt(index) * 1_000_000_000n;
    const message = new TextEncoder().encode(JSON.stringify({ speed }));
    await writer.addMessage({ channelId, sequence: index, publishTime: time, logTime: time, data: message });
  }
  await writer.end();
  return Buffer.concat(parts);
}

/** Runs a program of the page in a folder. */
async function run(
  title: string,
  folder: string,
  more = "",
  options: { input?: string; url?: string; rerun?: string } = {},
) {
  const path = await writeRecipe(title, more);
  const env = { ...process.env, RERUN_URL: options.url, RERUN: options.rerun };
  const { status, stderr } = spawnSync(process.execPath, [path], {
    cwd: folder,
    env,
    encoding: "utf8",
    input: options.input ?? "",
  });
  if (status !== 0) throw new Error(`${title}: ${stderr}`);
  return stderr;
}

/** One column of a recording, at each time of a timeline. */
async function column(path: string, index: string, name: string): Promise<unknown[]> {
  await using file = await openRrd(path);
  const table = await file
    .recording()
    .query({ index, columns: [name] })
    .toTable();
  return [...plainRows(table)].map((row) => row[name]);
}

describe("the recipes of docs/recipes.md for data", () => {
  it("a CSV table becomes columns of archetypes and of its own", async ({ folder, rerun }) => {
    await writeFile(join(folder, "walk.csv"), TABLE);
    expect(await run("CSV", folder)).toBe("");
    const path = join(folder, "walk.rrd");
    await rerun.verify(path);
    expect(await rerun.rows(path)).toEqual({ "/__properties": 1, "/battery": 3, "/position": 3, "/table": 3 });
    expect(await column(path, "time", "/battery:Scalars:scalars")).toEqual([[12.5], [NaN], [12.25]]);
    expect((await column(path, "time", "/position:Points3D:positions")).at(-1)).toEqual([[1, 2, 1]]);
    expect(await column(path, "time", "/table:y")).toEqual([[0], [0], [2]]);
  });

  it("a Parquet file of pyarrow does too", async ({ folder, rerun, skip }) => {
    const { python } = needRerun({ skip });
    const { status, stderr } = spawnSync(python, ["-c", WRITE_PARQUET, join(folder, "drive.parquet")], {
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
    expect(await run("Parquet", folder)).toBe("");
    const path = join(folder, "drive.rrd");
    await rerun.verify(path);
    expect(await rerun.rows(path)).toEqual({ "/__properties": 1, "/position": 3, "/speed": 3, "/table": 3 });
    expect(await column(path, "time", "/speed:Scalars:scalars")).toEqual([[0.5], [1.5], [2.5]]);
    expect((await column(path, "time", "/table:position")).at(-1)).toEqual([[1, 2, 1]]);
  });

  it("two runs become two lines of one plot", async ({ folder, rerun }) => {
    for (const [name, speed] of [
      ["drive", 1],
      ["derived", 2],
    ] as const) {
      const rec = new RecordingStream(name);
      await rec.save(join(folder, `${name}.rrd`));
      for (let frame = 0; frame < 3; frame++) rec.log("speed", new Scalars(speed * frame), { time: { frame } });
      await rec.close();
    }
    expect(await run("Two runs in one plot", folder)).toBe("");
    const path = join(folder, "both.rrd");
    await rerun.verify(path);
    expect(await rerun.rows(path)).toEqual({ "/__properties": 1, "/drive/speed": 3, "/derived/speed": 3 });
    expect(await column(path, "frame", "/derived/speed:Scalars:scalars")).toEqual([[0], [2], [4]]);
  });

  it("a robot whose network is away loses nothing", async ({ folder, rerun }) => {
    await copyFile(join(root, "examples/assets/crane/crane.urdf"), join(folder, "robot.urdf"));
    await copyFile(join(root, "examples/assets/crane/claw.obj"), join(folder, "claw.obj"));
    const port = await freePort();
    const input = (from: number, to: number): string => MESSAGES.slice(from, to).join("\n");
    const title = "A robot without a steady network";
    const url = urlOf(port);
    expect(await run(title, folder, "", { input: input(0, 102), url })).toContain("kept in the spool");
    expect(await readdir(join(folder, "spool"))).not.toEqual([]);
    const path = join(folder, "all.rrd");
    const relay = await RelayProgram.startWarm(["serve", "--quiet", "--port", String(port), "--save", path]);
    expect(await run(title, folder, "", { input: input(102, MESSAGES.length), url })).toBe("");
    await relay.interrupt();
    await rerun.verify(path);
    // Two joints are moved, and one follows.
    const rows = { "/camera": 4, "/joints/lift": 200, "/joints/reach": 200, "/tf": 600 };
    expect(await rerun.rows(path)).toMatchObject(rows);
    await using file = await openRrd(path);
    const ranges = file.recordings.map(({ recordingId }) => file.recording(recordingId).timeRange("robot_time"));
    expect(ranges).toEqual([
      { start: 80_000_000_000n, end: 80_990_000_000n },
      { start: 81_000_000_000n, end: 81_990_000_000n },
    ]);
  });

  it("an MCAP file is recorded with its channels, its messages and what they mean", async ({ folder, rerun }) => {
    await writeFile(join(folder, "drive.mcap"), await mcapOf([1.5, 2.5, 4]));
    expect(await run("An MCAP file of a robot", folder)).toBe("");
    const path = join(folder, "drive.rrd");
    await rerun.verify(path);
    expect(await rerun.rows(path)).toMatchObject({ "/mcap/car": 4, "/mcap/schemas/car.Speed": 1, "/speed": 3 });
    expect(await column(path, "message_time", "/speed:Scalars:scalars")).toEqual([[1.5], [2.5], [4]]);
  });

  it("a recording of the Python SDK gets a derived signal, and both files are one recording", async ({
    folder,
    rerun,
    skip,
  }) => {
    const { python } = needRerun({ skip });
    const { status, stderr } = spawnSync(python, ["-c", WRITE_DRIVE, join(folder, "drive.rrd")], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    expect(await run("Derived signals of a recording made elsewhere", folder)).toBe("");
    const derived = join(folder, "derived.rrd");
    await rerun.verify(derived);
    expect(await column(derived, "frame", "/derived/acceleration:Scalars:scalars")).toEqual([[1], [1.5]]);
    const ids = await Promise.all(
      [join(folder, "drive.rrd"), derived].map(async (path) => {
        await using file = await openRrd(path);
        return file.recordings.map(({ applicationId, recordingId }) => [applicationId, recordingId]);
      }),
    );
    expect(ids[1]).toEqual(ids[0]);
  });

  it("the native viewer takes a screenshot of a recording without a window", async ({ folder, skip }) => {
    const { rerun } = needRerun({ skip });
    const takeScreenshot = async (): Promise<number> => {
      await run("A screenshot without a window", folder, "", { rerun });
      const { pixels, blue } = strongColors(await readFile(join(folder, "report.png")));
      // Two pixels for each point, in both directions.
      expect(pixels).toBe(4 * 800 * 450);
      return blue / pixels;
    };
    // The viewer waits for a moment and not for the recording, which is too early on a busy machine.
    let blue = await takeScreenshot();
    for (let left = 4; left > 0 && blue === 0; left--) blue = await takeScreenshot();
    expect(blue).toBeGreaterThan(0.4);
  });

  it("the inferences of a model are recorded with their pictures, scores and times", async ({ folder, rerun }) => {
    expect(await run("Each inference of a model", folder, INFER)).toBe("");
    const path = join(folder, "classifier.rrd");
    await rerun.verify(path);
    const rows = { "/picture": 24, "/scores": 24, "/latency/ms": 24 };
    expect(await rerun.rows(path)).toMatchObject(rows);
    const scores = (await column(path, "frame", "/scores:BarChart:values")) as { buffer: number[] }[][];
    const brightest = scores.map(([row]) => row?.buffer.indexOf(Math.max(...row.buffer)));
    // The light is in the lower right quarter first, and moves on to the left.
    expect(brightest).toEqual([3, 2, 0, 1].flatMap((quarter) => Array.from({ length: 6 }, () => quarter)));
    expect((await column(path, "frame", "/classes:TextLog:text")).flat()).toEqual(brightest.map(String));
  });

  it("a training run is recorded with its curves, weights and parameters", async ({ folder, rerun }) => {
    expect(await run("A recording of each training run", folder, TRAIN)).toBe("");
    const path = join(folder, "rate-0.1.rrd");
    await rerun.verify(path);
    expect(await rerun.rows(path)).toMatchObject({
      "/__properties/parameters": 1,
      "/curves/loss": 50,
      "/weights/dense/bias": 50,
      "/weights/dense/kernel": 50,
    });
    const losses = (await column(path, "epoch", "/curves/loss:Scalars:scalars")) as readonly [number][];
    expect(losses[0]?.[0]).toBeCloseTo(10, 5);
    expect(losses.at(-1)?.[0]).toBeLessThan(0.01);
  });
});
