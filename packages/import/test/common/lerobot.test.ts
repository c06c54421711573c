import { importLeRobot, type ImportLeRobotOptions } from "@rerun-ts/import";
import { openRrd, plainRows } from "@rerun-ts/reading";
import { MemorySink, RecordingStream } from "@rerun-ts/core";
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer, type ColumnSource } from "hyparquet-writer";
import { describe, expect, it } from "vitest";

type Files = Record<string, string | Uint8Array>;

const INFO = {
  codebase_version: "v2.1",
  chunks_size: 2,
  data_path: "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet",
  features: {
    state: { dtype: "float32", shape: [2], names: { x: 1, y: 0 } },
    done: { dtype: "bool", shape: [1] },
    image: { dtype: "image", shape: [2, 2, 3], names: ["height", "width", "channels"] },
    map: { dtype: "float32", shape: [2, 2] },
    gone: { dtype: "string", shape: [1] },
    frame_index: { dtype: "int64", shape: [1] },
  },
};

const COLUMNS: readonly SchemaElement[] = [
  { name: "state", converted_type: "LIST", repetition_type: "OPTIONAL", num_children: 1 },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", type: "FLOAT", repetition_type: "OPTIONAL" },
  { name: "done", type: "BOOLEAN", repetition_type: "REQUIRED" },
  { name: "image", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
  { name: "map", type: "DOUBLE", repetition_type: "REQUIRED" },
  { name: "task_index", type: "INT64", repetition_type: "OPTIONAL" },
];

/** A table of three frames. */
function frames(numbers: Readonly<Record<string, readonly (bigint | null)[]>> = {}): Uint8Array {
  const columnData: ColumnSource[] = [
    { name: "state", data: [[1, 2], null, [3, null]] },
    { name: "done", data: [false, false, true] },
    { name: "image", data: [new Uint8Array([1]), new Uint8Array([2]), null] },
    { name: "map", data: [1, 2, 3] },
    { name: "task_index", data: [0n, 0n, null] },
  ];
  const schema: SchemaElement[] = [{ name: "root", num_children: columnData.length }, ...COLUMNS];
  for (const [name, data] of Object.entries(numbers)) {
    columnData.push({ name, data: [...data] });
    schema.push({ name, type: "INT64", repetition_type: "OPTIONAL" });
  }
  schema[0] = { name: "root", num_children: columnData.length };
  return new Uint8Array(parquetWriteBuffer({ columnData, schema }));
}

/** A dataset of three episodes, in two folders. */
function dataset(): Files {
  return {
    "meta/info.json": JSON.stringify(INFO),
    "meta/episodes.jsonl": [0, 1, 2].map((index) => JSON.stringify({ episode_index: index })).join("\n"),
    "meta/tasks.jsonl": '{"task_index": 0, "task": "pick"}\n',
    "data/chunk-000/episode_000000.parquet": frames(),
    "data/chunk-000/episode_000001.parquet": frames({ frame_index: [5n, 6n, 7n] }),
    "data/chunk-001/episode_000002.parquet": frames(),
  };
}

function openIn(files: Files): (path: string) => Uint8Array {
  return (path) => {
    const file = files[path];
    if (file === undefined) throw new Error(`there is no ${path}`);
    return typeof file === "string" ? new TextEncoder().encode(file) : file;
  };
}

async function imported(files: Files, options?: ImportLeRobotOptions) {
  const recording = new RecordingStream("robot", { recordingId: "base", sendProperties: false });
  const sink = new MemorySink();
  await recording.setSinks([sink]);
  const result = await importLeRobot(recording, openIn(files), options);
  await recording.flush();
  return { ...result, file: await openRrd(sink.drainAsBytes()) };
}

describe("importLeRobot", () => {
  it("makes a recording of each episode, with its features as entities", async () => {
    const { file, problems, ...counts } = await imported(dataset(), { entityPath: "/arm" });
    expect(counts).toEqual({ episodes: 3, frames: 9 });
    const ids = file.recordings.map(({ applicationId, recordingId }) => `${applicationId} ${recordingId}`);
    expect(ids).toEqual(["robot episode_0", "robot episode_1", "robot episode_2"]);
    const episode = file.recording("episode_1");
    const rows = [...plainRows(await episode.query({ index: "frame_index", contents: "/arm/**" }).toTable())];
    expect(rows).toMatchObject([
      { frame_index: 5n, "/arm/state:Scalars:scalars": [1, 2], "/arm/task:TextDocument:text": ["pick"] },
      { frame_index: 6n, "/arm/state:Scalars:scalars": null, "/arm/done:Scalars:scalars": [0] },
      {
        frame_index: 7n,
        "/arm/state:Scalars:scalars": [3, Number.NaN],
        "/arm/done:Scalars:scalars": [1],
        "/arm/image:EncodedImage:blob": null,
        "/arm/task:TextDocument:text": null,
      },
    ]);
    const [static_] = plainRows(await episode.query({ index: null, contents: ["/arm/**", "/__properties"] }).toTable());
    expect(static_).toMatchObject({
      "/arm/state:SeriesLines:names": ["y", "x"],
      "property:RecordingInfo:name": ["Episode 1"],
    });
    expect(problems).toEqual([
      { feature: "map", reason: "data of the type float32[2, 2] is not supported" },
      { feature: "gone", reason: "the table of frames has no such column" },
    ]);
  });

  it("imports the chosen episodes", async () => {
    const { file, episodes, frames: count } = await imported(dataset(), { episodes: [2, 0, 2] });
    expect([episodes, count]).toEqual([2, 6]);
    expect(file.recordings.map(({ recordingId }) => recordingId)).toEqual(["episode_2", "episode_0"]);
  });

  it("reports what is damaged, and imports the rest", async () => {
    const files = dataset();
    delete files["data/chunk-000/episode_000001.parquet"];
    files["data/chunk-001/episode_000002.parquet"] = frames({ episode_index: [7n, null, null] });
    const { episodes, problems } = await imported(files);
    expect(episodes).toBe(1);
    expect(problems).toContainEqual({
      episode: 1,
      feature: undefined,
      reason: "there is no data/chunk-000/episode_000001.parquet",
    });
    expect(problems).toContainEqual({ episode: 2, feature: undefined, reason: "the table of frames has none of it" });
  });

  it("sends nothing to a recording that is closed", async () => {
    const files = dataset();
    const recording = new RecordingStream("robot");
    const memory = recording.memoryRecording();
    await recording.close();
    const before = memory.numMessages;
    const result = await importLeRobot(recording, openIn(files));
    expect(result).toMatchObject({ episodes: 0, frames: 0 });
    expect(memory.numMessages).toBe(before);
  });

  it("rejects what is no dataset, and wrong arguments", async () => {
    const fails = async (info: unknown, options?: ImportLeRobotOptions): Promise<unknown> =>
      imported(
        { ...dataset(), "meta/info.json": typeof info === "string" ? info : JSON.stringify(info) },
        options,
      ).then(
        () => "no error",
        (error: unknown) => error,
      );
    const damaged = (reason: string) => ({
      code: "INVALID_FORMAT",
      message: expect.stringContaining(`the LeRobot dataset is damaged: ${reason}`) as unknown,
    });
    expect(await fails("{")).toMatchObject(damaged("meta/info.json is not JSON"));
    expect(await fails([])).toMatchObject(damaged("meta/info.json must be an object"));
    expect(await fails({ ...INFO, features: 5 })).toMatchObject(damaged("`features` of meta/info.json must be"));
    expect(await fails({ ...INFO, data_path: 5 })).toMatchObject(
      damaged("`data_path` of meta/info.json must be a path"),
    );
    for (const data_path of ["../secret", "/etc/passwd", "a/../../b", "C:\\x", "file:///etc/passwd", "\\\\host\\x"])
      expect(await fails({ ...INFO, data_path })).toMatchObject(damaged("`data_path` leads out of it"));
    expect(await fails({ ...INFO, codebase_version: "v1.6" })).toMatchObject({
      code: "UNSUPPORTED",
      message: "the dataset has the version v1.6 of LeRobot; 2.0 to 3.0 can be read",
    });
    expect(await fails(INFO, { episodes: [3] })).toMatchObject({ code: "INVALID_ARGUMENT", argument: "episodes" });
    expect(await fails(INFO, { episodes: 1 as never })).toMatchObject({ argument: "episodes" });
    expect(await fails(INFO, { signal: AbortSignal.abort() })).toMatchObject({ code: "ABORTED" });
    const recording = new RecordingStream("robot");
    await expect(importLeRobot(recording, 5 as never)).rejects.toMatchObject({ argument: "source" });
  });
});
