import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { McapIndexedReader } from "@mcap/core";
import { openRrd } from "@rerun-ts/reading";
import { convertMcap, exportMcap, mcapChunks, type ExportMcapReport } from "@rerun-ts/mcap";
import * as rr from "@rerun-ts/node";
import { run } from "@rerun-ts/test-support/node/run";
import { needRerun, realRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { expect, test } from "vitest";
import { outputFile } from "./harness/output.ts";
import { runPython } from "./harness/real-rerun.ts";

/** The components that come back as they were. */
const KEPT = [
  "Points3D:",
  "Image:",
  "EncodedImage:",
  "VideoStream:",
  "Transform3D:",
  "Pinhole:",
  "InstancePoses3D:",
  "GeoPoints:",
  "CoordinateFrame:",
  "TextLog:",
];

/** The codecs, and the letters that are their numbers. Source: Rerun's `VideoCodec`. */
const CODECS = { AV1: "av01", H264: "avc1", H265: "hev1", VP8: "vp08", VP9: "vp09" } as const;

test("exportMcap writes messages that Rerun and @mcap/core read back as what they were", async (context) => {
  needRerun(context);
  const [rrd, mcap, back] = ["rrd", "mcap", "back.rrd"].map((end) => outputFile(`export.${end}`)) as [
    string,
    string,
    string,
  ];
  const source = join(import.meta.dirname, "mcap/foxglove.mcap");
  await writeFile(rrd, convertMcap(source, { excludeTopics: ["tfs", "voxels", "cloud_bare"] }));
  let report: ExportMcapReport | undefined;
  await writeFile(mcap, exportMcap(rrd, { onReport: (found) => (report = found) }));
  const bytes = await readFile(mcap);
  const reader = await McapIndexedReader.Initialize({
    readable: {
      size: () => Promise.resolve(BigInt(bytes.length)),
      read: (offset, size) => Promise.resolve(bytes.subarray(Number(offset), Number(offset + size))),
    },
  });
  let messages = 0;
  for await (const { logTime } of reader.readMessages()) if (logTime > 0n) messages++;
  expect(messages).toBe(report?.messages);
  expect(report?.leftOut).toMatchObject({ "/scene:foxglove.SceneUpdate:message": 4 });
  const { code, output } = await run(realRerun().rerun, ["mcap", "convert", mcap, "-o", back], { capture: true });
  expect(code, output).toBe(0);
  const request = [{ ours: rrd, theirs: back, components: KEPT }];
  expect(await runPython<string[][]>("compare_mcap.py", request)).toEqual([[]]);
});

/** What `exportMcap` makes of a recording: messages as `topic time: value`, in order, and what it left out. */
async function exported(log: (rec: rr.RecordingStream) => void): Promise<{ messages: string[]; leftOut: object }> {
  const rec = new rr.RecordingStream("export", { recordingId: "one" });
  const memory = rec.memoryRecording();
  log(rec);
  const pieces: Uint8Array[] = [];
  let report: ExportMcapReport | undefined;
  const options = { timeline: "t", onReport: (found: ExportMcapReport) => (report = found) };
  for await (const piece of exportMcap(memory.drainAsBytes(), options)) pieces.push(piece);
  const messages: string[] = [];
  for await (const chunk of mcapChunks(Buffer.concat(pieces), { decoders: ["protobuf", "json"] })) {
    const name = chunk.components[0] ?? "";
    const times = chunk.table.getChild("message_log_time")?.data[0]?.values as BigInt64Array;
    const values = chunk.table.getChild(name);
    for (let row = 0; row < chunk.numRows; row++)
      messages.push(`${chunk.entityPath} ${Number(times[row]) / 1e9}: ${JSON.stringify(values?.get(row), plain)}`);
  }
  expect(messages).toHaveLength(report?.messages ?? NaN);
  return { messages: messages.sort(), leftOut: report?.leftOut ?? {} };
}

/** Numbers of 64 bits as numbers, with six digits, and bytes as they are. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? Math.round(value * 1e6) / 1e6 + 0 : value;
}

const seconds = (value: number): Date => new Date(value * 1000);

test("exportMcap writes scalars, depths and static rows, and names what it leaves out", async () => {
  const { messages, leftOut } = await exported((rec) => {
    rec.log("robot/arm", new rr.Transform3D({ translation: [1, 2, 3] }), { static: true });
    rec.setTime("t", { timestamp: seconds(5) });
    rec.log("speed", new rr.Scalars([1.5, Number.NaN]));
    rec.log("count", new rr.DynamicArchetype("Scalars", { scalars: new BigInt64Array([7n]) }));
    rec.log("depth", new rr.DepthImage({ data: new Uint16Array([1, 2]), width: 2, height: 1 }));
    rec.log("boxes", new rr.Boxes3D({ halfSizes: [[1, 1, 1]] }));
    rec.log("log", new rr.TextLog("done", { level: "SUCCESS", color: "red" }));
    rec.resetTime();
    rec.setTime("step", 1);
    rec.log("speed", new rr.Scalars(3));
  });
  expect(messages).toEqual([
    expect.stringContaining("/count 5: [7]"),
    expect.stringMatching(/^\/depth 5: .*"encoding":"16UC1"/),
    expect.stringMatching(/^\/log 5: .*"message":"done"/),
    expect.stringMatching(/^\/robot\/arm 5: .*"parent_frame_id":"\/","child_frame_id":"\/robot\/arm".*"x":1,"y":2/),
    "/speed 5: [1.5,null]",
  ]);
  expect(leftOut).toEqual({
    "/boxes:Boxes3D:half_sizes": 1,
    "/log:TextLog:level": 1,
    "/log:TextLog:color": 1,
    "/speed:Scalars:scalars": 1,
  });
});

test("exportMcap writes no points and no poses as messages, and resolutions and images whose formats are incomplete", async () => {
  const { messages, leftOut } = await exported((rec) => {
    rec.setTime("t", { timestamp: seconds(5) });
    rec.log("points", new rr.Points3D([]));
    rec.log("poses", new rr.InstancePoses3D({ translations: [], quaternions: [] }));
    const imageFromCamera = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    rec.log("camera", new rr.DynamicArchetype("Pinhole", { image_from_camera: [imageFromCamera.flat()] }));
    rec.log("huge", new rr.Pinhole({ imageFromCamera, resolution: [2 ** 32, 1.5] }));
    const format = { width: 2, height: 1, channelDatatype: "F32" } as const;
    rec.log("grey", rr.Image.fromFields({ buffer: new Uint8Array(8), format }));
    rec.log("rgb", rr.Image.fromFields({ buffer: new Uint8Array(6), format: { width: 2, height: 1 } }));
  });
  expect(messages).toEqual([
    expect.stringMatching(/^\/camera 5: .*"width":0,"height":0/),
    expect.stringMatching(/^\/grey 5: .*"encoding":"32FC1","step":8/),
    expect.stringMatching(/^\/huge 5: .*"width":4294967295,"height":2/),
    expect.stringMatching(/^\/points 5: .*"data":\{\}/),
    expect.stringMatching(/^\/poses 5: .*"poses":(?:null|\[\])/),
    expect.stringMatching(/^\/rgb 5: .*"encoding":"rgb8","step":6/),
  ]);
  expect(leftOut).toEqual({});
});

test("exportMcap writes the rotation of each kind of transform, and no transform without one", async () => {
  const quarter = Math.SQRT1_2;
  const turned = '"rotation":{"x":0,"y":0,"z":0.707107,"w":0.707107}';
  const { messages, leftOut } = await exported((rec) => {
    const at = (time: number, transform: rr.Transform3D, path = "a"): void =>
      rec.log(path, transform, { time: { t: { timestamp: seconds(time) } } });
    at(1, new rr.Transform3D({ rotation: { axis: [0, 0, 2], degrees: 90 }, translation: [1, 0, 0] }));
    at(2, new rr.Transform3D({ quaternion: [0, 0, quarter, quarter] }));
    at(
      3,
      new rr.Transform3D({
        mat3x3: [
          [0, -1, 0],
          [1, 0, 0],
          [0, 0, 1],
        ],
      }),
    );
    at(
      4,
      new rr.Transform3D({
        translation: [1, 0, 0],
        quaternion: [0, 0, -quarter, quarter],
        relation: "ChildFromParent",
      }),
    );
    at(
      5,
      new rr.Transform3D({
        mat3x3: [
          [1, 1, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      }),
    );
    at(6, new rr.Transform3D({ scale: 2, translation: [1, 0, 0] }));
    at(7, new rr.Transform3D({ quaternion: [0, 0, 0, 0] }));
    at(8, new rr.Transform3D({ translation: [1, 0, 0] }), "/");
    at(9, new rr.Transform3D({ translation: [1, 0, 0], parentFrame: "map", childFrame: "odom" }), "named");
  });
  expect(messages).toEqual([
    expect.stringMatching(/^\/a 1: .*"translation":\{"x":1,"y":0,"z":0\},/),
    expect.stringContaining("/a 2: "),
    expect.stringContaining("/a 3: "),
    expect.stringMatching(/^\/a 4: .*"translation":\{"x":0,"y":-1,"z":0\},/),
    expect.stringMatching(/^\/a 6: .*"rotation":\{"x":0,"y":0,"z":0,"w":1\}/),
    expect.stringMatching(/^\/named 9: .*"parent_frame_id":"map","child_frame_id":"odom"/),
  ]);
  expect(messages.slice(0, 4).filter((message) => message.includes(turned))).toHaveLength(4);
  expect(leftOut).toEqual({
    "/a:Transform3D:mat3x3": 1,
    "/a:Transform3D:scale": 1,
    "/a:Transform3D:quaternion": 1,
    "/:Transform3D:translation": 1,
  });
});

test("exportMcap fills messages with what was logged in other rows, in any order", async () => {
  const { messages, leftOut } = await exported((rec) => {
    const time = (value: number): object => ({ time: { t: { timestamp: seconds(value) } } });
    rec.log("robot", new rr.Transform3D({ translation: [1, 0, 0] }), { static: true });
    rec.log("robot/image", rr.Image.fromFields({ format: { width: 1, height: 1, colorModel: "L" } }), { static: true });
    rec.log("robot/image", rr.Image.fromFields({ buffer: new Uint8Array([9]) }), time(3));
    rec.log("robot/points", new rr.Points3D([[1, 2, 3]]), time(4));
    rec.log("robot/points", rr.Points3D.fromFields({ colors: ["red"] }), time(2));
    rec.log("robot/points", rr.Points3D.fromFields({ colors: ["lime"] }), time(5));
    rec.log("robot/points", new rr.InstancePoses3D({ translations: [[7, 0, 0]] }), time(6));
    rec.log("colours", rr.Points3D.fromFields({ colors: ["red"] }), time(7));
    rec.log("gps", new rr.GeoPoints({ latLon: [[48, 11]], colors: "red" }), time(8));
  });
  const [image, cloud] = ["/robot/image", "/robot/points"].map((path) =>
    messages.filter((each) => each.startsWith(path)),
  );
  expect(image).toEqual([expect.stringMatching(/3: .*"encoding":"mono8".*"frame_id":"\/robot"/)]);
  expect(cloud).toEqual([
    expect.stringMatching(/4: .*"frame_id":"\/robot".*"12":255,"13":0,"14":0,"15":255\}/),
    expect.stringMatching(/5: .*"12":0,"13":255,"14":0,"15":255\}/),
    expect.stringMatching(/6: .*"position":\{"x":7,"y":0,"z":0\}.*"13":255/),
  ]);
  expect(messages).toContainEqual(expect.stringMatching(/^\/gps 8: .*"latitude":48,"longitude":11/));
  expect(leftOut).toEqual({ "/colours:Points3D:colors": 1 });
});

test("exportMcap fills each of many rows with the values at its time", async () => {
  const { messages } = await exported((rec) => {
    const time = (value: number): object => ({ time: { t: { timestamp: seconds(value) } } });
    rec.log("cloud", new rr.Points3D([[1, 0, 0]]), time(100));
    rec.log("cloud", new rr.Points3D([[2, 0, 0]]), time(150.5));
    for (let row = 1; row < 80; row++)
      rec.log("cloud", rr.Points3D.fromFields({ colors: [[row, 0, 0]] }), time(100 + row));
  });
  // The first byte of a color, and the last one of x: 1 is 0x3f800000, and 2 is 0x40000000.
  const values = messages.map((message) => /cloud ([\d.]+): .*"3":(\d+).*"12":(\d+)/.exec(message)?.slice(1).join());
  const expected = Array.from({ length: 79 }, (_, row) => `${101 + row},${row < 50 ? 63 : 64},${row + 1}`);
  expect(values.filter((value) => value !== undefined).sort()).toEqual([...expected, "150.5,64,50"].sort());
});

test("exportMcap gives each type of messages its own topic, which Rerun reads, with every codec", async (context) => {
  needRerun(context);
  const rec = new rr.RecordingStream("export", { recordingId: "one" });
  const memory = rec.memoryRecording();
  rec.setTime("t", { timestamp: seconds(1) });
  rec.log("cam", [
    new rr.Pinhole({ focalLength: 10, width: 4, height: 4 }),
    new rr.Transform3D({ translation: [1, 2, 3] }),
  ]);
  rec.log("cam", new rr.Scalars(4));
  rec.log("cam/scalars", new rr.Scalars(5));
  for (const codec of Object.keys(CODECS) as (keyof typeof CODECS)[]) {
    rec.log(codec, new rr.VideoStream(codec), { static: true });
    rec.log(codec, rr.VideoStream.fromFields({ sample: new Uint8Array([1, 2, 3]) }));
  }
  const [mcap, ours, theirs] = ["mcap", "ours.rrd", "theirs.rrd"].map((end) => outputFile(`topics.${end}`)) as [
    string,
    string,
    string,
  ];
  let report: ExportMcapReport | undefined;
  const options = { timeline: "t", onReport: (found: ExportMcapReport) => (report = found) };
  await writeFile(mcap, exportMcap(memory.drainAsBytes(), options));
  expect(report).toEqual({ messages: 9, leftOut: {} });
  await writeFile(ours, convertMcap(mcap));
  const { code, output } = await run(realRerun().rerun, ["mcap", "convert", mcap, "-o", theirs], { capture: true });
  expect(code, output).toBe(0);
  expect(output).not.toContain("ERROR");
  for (const path of [ours, theirs]) {
    const file = await openRrd(path);
    const table = await file.recording().query({ index: "message_log_time" }).toTable();
    const text = (column: string): string => JSON.stringify(table.getChild(column)?.get(0), plain);
    expect(text("/cam:Pinhole:resolution"), path).toBe("[[4,4]]");
    expect(text("/cam/transform:Transform3D:translation"), path).toBe("[[1,2,3]]");
    for (const [codec, letters] of Object.entries(CODECS))
      expect(text(`/${codec}:VideoStream:codec`), codec).toBe(`[${Buffer.from(letters).readUInt32BE()}]`);
    await file.close();
  }
});

test("exportMcap rejects a timeline that the recording lacks, and bytes that are no recording", async () => {
  const memory = new rr.RecordingStream("export").memoryRecording();
  const bytes = memory.drainAsBytes();
  await expect(exportMcap(bytes, { timeline: "frame" }).next()).rejects.toThrow(/`timeline` must be one of/);
  await expect(exportMcap(new Uint8Array(8)).next()).rejects.toMatchObject({ code: "INVALID_FORMAT" });
});
