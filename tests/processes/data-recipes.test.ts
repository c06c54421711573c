import { spawnSync } from "node:child_process";
import { copyFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openRrd, plainRows } from "@rerun-ts/arrow";
import { root } from "@rerun-ts/test-support/node/environment";
import { freePort, urlOf } from "@rerun-ts/test-support/node/free-port";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { describe, expect } from "vitest";
import { RelayProgram } from "./harness/relay-program.ts";
import { programOf, writeInRepository } from "./harness/recipe.ts";
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
/** A line that is fitted by gradient descent, with \`fit\` and \`weights\` as those of a \`tf.LayersModel\`. */
const TRAIN = `
const tensor = (shape, values) => ({ shape, dataSync: () => Float32Array.from(values) });
let [slope, offset] = [0, 0];
const weights = [
  { name: "dense/kernel", read: () => tensor([1, 1], [slope]) },
  { name: "dense/bias", read: () => tensor([1], [offset]) },
];
const callbacks = recordRun("rate-0.1", { weights }, { rate: 0.1, optimizer: "sgd" });
await callbacks.onTrainBegin();
for (let epoch = 0; epoch < 50; epoch++) {
  const errors = [-1, 0, 1].map((x) => slope * x + offset - (3 * x + 2));
  slope -= (0.1 * 2 * (errors[2] - errors[0])) / 3;
  offset -= (0.1 * 2 * (errors[0] + errors[1] + errors[2])) / 3;
  await callbacks.onEpochEnd(epoch, { loss: errors.reduce((sum, error) => sum + error ** 2, 0) / 3 });
}
await callbacks.onTrainEnd();`;
/** A session with the interface of ONNX Runtime, whose model has the mean of each half of a picture as scores. */
const INFER = `
const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const session = {
  inputNames: ["pixels"],
  outputNames: ["scores"],
  async run({ pixels }: { pixels: ort.Tensor }) {
    const data = pixels.data as Float32Array;
    const scores = Float32Array.of(mean(data.subarray(0, 8)), mean(data.subarray(8)));
    return { scores: new ort.Tensor("float32", scores, [1, 2]) };
  },
} as unknown as ort.InferenceSession;
const rec = new rr.RecordingStream("classifier");
await rec.save("classifier.rrd");
const pictures = [0, 1].map((half) => ({
  data: Uint8Array.from({ length: 16 }, (_, pixel) => (pixel >> 3 === half ? 255 : 51)),
  width: 4,
  height: 4,
}));
const classes = await Promise.all(pictures.map((picture, frame) => classify(rec, session, picture, frame)));
rec.log("classes", new rr.TextLog(classes.join()));
await rec.close();`;
/** Two seconds of a driver at 100 Hz, with a camera that is slower. */
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xd9]).toString("base64");
const MESSAGES = Array.from({ length: 200 }, (_, tick) => [
  JSON.stringify({ stamp: 80 + tick / 100, joints: { lift: tick / 400, reach: tick / 200 } }),
  ...(tick % 50 === 0 ? [JSON.stringify({ stamp: 80 + tick / 100, jpeg: JPEG })] : []),
]).flat();

/** Runs a program of the page in a folder. */
async function run(title: string, folder: string, more = "", options: { input?: string; url?: string } = {}) {
  const path = await writeInRepository(
    `${title.replace(/\W/g, "-")}.ts`,
    // Tensors are those of ONNX Runtime; what computes with them is not installed.
    `${await programOf("recipes.md", title)}${more}`.replace('"onnxruntime-web"', '"onnxruntime-common"'),
  );
  const args = ["--import", import.meta.resolve("tsx"), path];
  const env = { ...process.env, RERUN_URL: options.url };
  const { status, stderr } = spawnSync(process.execPath, args, {
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

  it("a robot whose network is away loses nothing", async ({ folder, rerun }) => {
    await copyFile(join(root, "examples/assets/crane/crane.urdf"), join(folder, "robot.urdf"));
    await copyFile(join(root, "examples/assets/crane/claw.obj"), join(folder, "claw.obj"));
    const port = await freePort();
    const input = (from: number, to: number): string => MESSAGES.slice(from, to).join("\n");
    const title = "A robot that loses its network";
    const url = urlOf(port);
    expect(await run(title, folder, "", { input: input(0, 102), url })).toContain("kept in the spool");
    expect(await readdir(join(folder, "spool"))).not.toEqual([]);
    const path = join(folder, "all.rrd");
    const relay = await RelayProgram.start(["serve", "--quiet", "--port", String(port), "--save", path]);
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

  it("the inferences of a model are recorded with their pictures, scores and times", async ({ folder, rerun }) => {
    expect(await run("Each inference of a model", folder, INFER)).toBe("");
    const path = join(folder, "classifier.rrd");
    await rerun.verify(path);
    const rows = { "/picture": 2, "/scores": 2, "/latency/ms": 2, "/classes": 1 };
    expect(await rerun.rows(path)).toMatchObject(rows);
    const scores = (await column(path, "frame", "/scores:BarChart:values")) as { buffer: number[] }[][];
    expect(scores.map(([row]) => row?.buffer)).toEqual([
      [1, Math.fround(0.2)],
      [Math.fround(0.2), 1],
    ]);
    expect(await column(path, "log_time", "/classes:TextLog:text")).toEqual([["0,1"]]);
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
