import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openRrd } from "@rerun-ts/reading";
import { importMcap, type McapDecoder, type McapOptions } from "@rerun-ts/mcap";
import * as rr from "@rerun-ts/node";
import { mcapFile, type TestChannel } from "@rerun-ts/test-support/common/mcap-file";
import { randomProtobuf } from "@rerun-ts/test-support/common/protobuf-messages";
import { ROS_FORMATS, randomMessages } from "@rerun-ts/test-support/common/ros-messages";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { needRerun, realRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { expect, test } from "vitest";
import { outputFile } from "./harness/output.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";

/** What Rerun's importer does; ours also reads JSON and ROS 1. */
const THEIRS: readonly McapDecoder[] = [
  "attachments",
  "foxglove",
  "metadata",
  "protobuf",
  "raw",
  "recording_info",
  "ros2_reflection",
  "ros2msg",
  "schema",
  "stats",
  "urdf",
];

/** A file, and options of both importers. */
interface Conversion {
  readonly file: string;
  readonly options?: McapOptions;
  readonly flags?: readonly string[];
}

const T0 = 1_700_000_000_000_000_000n;
const CONVERSIONS: readonly Conversion[] = [
  { file: "ros2" },
  { file: "ros2-images" },
  { file: "ros2-lz4" },
  { file: "foxglove" },
  { file: "foxglove-colors" },
  { file: "protobuf" },
  { file: "other" },
  { file: "robot" },
  { file: "ros2", options: { decoders: ["ros2msg"] }, flags: ["-d", "ros2msg"] },
  { file: "ros2", options: { decoders: ["ros2_reflection"] }, flags: ["-d", "ros2_reflection"] },
  { file: "ros2", options: { decoders: ["raw", "stats"] }, flags: ["-d", "raw", "-d", "stats"] },
  { file: "foxglove", options: { decoders: ["protobuf", "schema"] }, flags: ["-d", "protobuf", "-d", "schema"] },
  {
    file: "ros2",
    options: { timelineType: "duration", timeOffset: -1_600_000_000_000_000_000n, includeTopics: ["^/im", /cam/] },
    flags: ["--timeline-type", "duration", "--timestamp-offset-ns=-1600000000000000000", "-y", "^/im", "-y", "cam"],
  },
  { file: "foxglove", options: { timeOffset: 5_000_000_000n }, flags: ["--timestamp-offset-ns", "5000000000"] },
  {
    file: "foxglove",
    options: { startTime: T0 + 100_000_000n, endTime: T0 + 300_000_000n, excludeTopics: ["tf", "^/cam"] },
    flags: ["--start-time", `${T0 + 100_000_000n}`, "--end-time", `${T0 + 300_000_000n}`, "-n", "tf", "-n", "^/cam"],
  },
];

test("importMcap makes the same of every message as `rerun mcap convert`", async (context) => {
  needRerun(context);
  const pairs = await Promise.all(
    CONVERSIONS.map(async ({ file, options = {}, flags = [] }, index) => {
      const source = join(import.meta.dirname, "mcap", `${file}.mcap`);
      const [ours, theirs] = ["ours", "theirs"].map((name) => outputFile(`mcap.${index}.${name}.rrd`)) as [
        string,
        string,
      ];
      const recording = new rr.RecordingStream("mcap", { sendProperties: false });
      await recording.save(ours);
      await importMcap(recording, source, { decoders: THEIRS, ...options });
      await recording.close();
      await rerunRrd("verify", ours);
      const args = ["mcap", "convert", source, "-o", theirs, ...flags];
      const { code, output } = await run(realRerun().rerun, args, { capture: true });
      expect(code, output).toBe(0);
      return { title: `${file} ${flags.join(" ")}`, ours, theirs };
    }),
  );
  const differences = await runPython<string[][]>("compare_mcap.py", pairs);
  const found = pairs.flatMap(({ title }, index) => (differences[index] ?? []).map((text) => `${title}: ${text}`));
  expect(found).toEqual([]);
});

test("importMcap reads random messages of ROS 2 and of protobuf as Rerun does", async (context) => {
  needRerun(context);
  const [seed, count] = isSoak ? [Date.now() % 2 ** 31, 500] : [5, 40];
  const channels = Array.from({ length: count }, (_, index): TestChannel => {
    if (index % 2 === 1) {
      const { name, schema, messages } = randomProtobuf(seed + index, 8);
      return { topic: `/${index}`, messageEncoding: "protobuf", schema: [name, "protobuf", schema], messages };
    }
    const format = { ...ROS_FORMATS[index % 4 === 0 ? "big-endian CDR" : "CDR"], isTrueOne: true };
    const { text, messages } = randomMessages(seed + index, format);
    const schema = [`p/msg/M${index}`, "ros2msg", text] as const;
    return { topic: `/${index}`, messageEncoding: "cdr", schema, messages: messages.slice(0, 8) };
  });
  const [source, ours, theirs] = ["mcap", "ours.rrd", "theirs.rrd"].map((end) => outputFile(`mcap.random.${end}`)) as [
    string,
    string,
    string,
  ];
  await writeFile(source, await mcapFile(channels, { chunkSize: 5000 }));
  const recording = new rr.RecordingStream("mcap", { sendProperties: false });
  await recording.save(ours);
  const { problems } = await importMcap(recording, source, { decoders: THEIRS });
  await recording.close();
  expect(problems).toEqual([]);
  const { code, output } = await run(realRerun().rerun, ["mcap", "convert", source, "-o", theirs], { capture: true });
  expect(code, output).toBe(0);
  expect(await runPython<string[][]>("compare_mcap.py", [{ ours, theirs }]), `seed ${seed}`).toEqual([[]]);
});

test("importMcap leaves out the parts that messages lack, so that Rerun verifies the recording", async (context) => {
  needRerun(context);
  const out = outputFile("mcap.gaps.rrd");
  const recording = new rr.RecordingStream("mcap", { sendProperties: false });
  await recording.save(out);
  const { problems } = await importMcap(recording, join(import.meta.dirname, "mcap/foxglove-gaps.mcap"));
  await recording.close();
  expect(problems).toEqual([]);
  await rerunRrd("verify", out);
  const reader = (await openRrd(await readFile(out))).recording();
  const present = async (entity: string, component: string): Promise<string> => {
    const table = await reader.query({ index: "message_log_time", contents: entity }).toTable();
    const values = [...(table.getChild(`${entity}:${component}`) ?? [])];
    return values.map((value) => (value === null ? "-" : "x")).join("");
  };
  expect(await present("/cloud", "Points3D:positions")).toBe("xxxx");
  expect(await present("/cloud", "Points3D:colors")).toBe("x-x-");
  expect(await present("/cloud", "InstancePoses3D:quaternions")).toBe("x-x-");
  expect(await present("/pose", "InstancePoses3D:translations")).toBe("x-x-");
  expect(await present("/pose", "InstancePoses3D:quaternions")).toBe("xxxx");
  expect(await present("/tf", "Transform3D:translation")).toBe("x-x-");
  expect(await present("/log", "TextLog:level")).toBe("x-x-");
  // Two transforms in the third message, after an empty one, whose last is the latest at that time.
  expect(await present("/tfs", "Transform3D:child_frame")).toBe("xx");
});
