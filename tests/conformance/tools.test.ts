// The file tools of Rerun judge the file tools of this SDK.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { filterRrd, mergeRrd, routeRrd, rrdStats, splitRrd, verifyRrd } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { beforeAll, describe, expect, test } from "vitest";
import { outputFile } from "./harness/output.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";

const path = (name: string): string => outputFile(`tools.${name}.rrd`);

/** Two recordings, one of them with a blueprint. */
async function record(name: string): Promise<void> {
  const rec = new rr.RecordingStream("tools", { recordingId: name, batcher: { flushNumRows: 7 } });
  await rec.save(path(name));
  if (name === "two") rec.sendBlueprint(new rr.blueprint.Blueprint(new rr.blueprint.Spatial3DView()));
  rec.log("title", new rr.TextDocument("a sample"), { static: true });
  for (let frame = 0; frame < 30; frame++) {
    rec.setTime("frame", frame);
    rec.log("world/points", new rr.Points3D([[frame, 0, 0]], { labels: [`point ${frame}`] }));
    rec.log("world/points/near", new rr.Scalars(frame));
    rec.log("tensor", new rr.Tensor([frame, 2, 3]));
  }
  await rec.close();
}

/** A recording of videos and of transforms, of which a part needs more than the latest values. */
async function recordStreams(name: string): Promise<void> {
  const rec = new rr.RecordingStream("tools", { recordingId: name, batcher: { flushNumRows: 7 } });
  await rec.save(path(name));
  for (const [entity, codec] of [
    ["av1", "AV1"],
    ["h264", "H264"],
  ] as const)
    rec.log(entity, new rr.VideoStream(codec), { static: true });
  for (let frame = 0; frame < 30; frame++) {
    rec.setTime("frame", frame);
    rec.log("av1", rr.VideoStream.fromFields({ sample: AV1[frame % 8 === 0 ? "key" : "delta"](frame) }));
    rec.log("h264", rr.VideoStream.fromFields({ sample: H264[frame % 7 === 0 ? "key" : "delta"](frame) }));
    const named = { parentFrame: "world", childFrame: `link ${frame % 4}` };
    rec.log("named", new rr.Transform3D({ translation: [frame, 0, 0], ...named }));
    rec.log("plain", new rr.Transform3D({ translation: [frame, 0, 0] }));
    if (frame % 9 === 0) rec.log("sometimes", new rr.Scalars(frame));
  }
  await rec.close();
}

const SEQUENCE_HEADER = [0x0a, 0x0b, 0, 0, 0, 0x2c, 0xcf, 0x7f, 0xf3, 0xc1, 0xff, 0xe0, 0x40];
/** Frames of AV1: a delimiter, for key frames a sequence header, and a frame. */
const AV1 = {
  key: (frame: number) => Uint8Array.from([0x12, 0, ...SEQUENCE_HEADER, 0x32, 2, 0x10, frame]),
  delta: (frame: number) => Uint8Array.from([0x12, 0, 0x32, 2, 0x30, frame]),
};
/** Parameter sets of H.264: 128 × 96 pixels of the baseline profile. */
const PARAMETER_SETS = "00000001 6742c00a da083640 00000001 68ce0fc8";
const H264 = {
  key: (frame: number) => Uint8Array.from([...hexBytes(PARAMETER_SETS), 0, 0, 0, 1, 0x65, 0x88, 0x84, frame]),
  delta: (frame: number) => Uint8Array.from([0, 0, 0, 1, 0x41, 0x9a, frame]),
};

function hexBytes(text: string): readonly number[] {
  return (text.replaceAll(" ", "").match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
}

beforeAll(async () => {
  await Promise.all([record("one"), record("two")]);
});

/** Writes our output beside the output of Rerun's tool, verifies it, and compares the chunks of both. */
async function compare(name: string, ours: AsyncIterable<Uint8Array>, ...theirs: string[]): Promise<void> {
  const [own, native] = [path(`${name}.ours`), path(`${name}.theirs`)];
  await writeFile(own, ours);
  await rerunRrd("verify", own);
  expect((await verifyRrd(await readFile(own))).problems).toEqual([]);
  await rerunRrd(...theirs, "-o", native);
  expect(await runPython<string[]>("compare_chunks.py", [own, native])).toEqual([]);
}

describe("Rerun accepts and equals what is written by", () => {
  test("mergeRrd", async (context) => {
    needRerun(context);
    await compare("merge", mergeRrd(path("one")), "merge", path("one"));
    const both = path("both");
    await writeFile(both, mergeRrd([path("one"), path("two")]));
    await rerunRrd("verify", both);
    const stores = (text: string): string[] => [...text.matchAll(/^Chunk\((\w+)\)/gm)].map(([, id = ""]) => id).sort();
    await rerunRrd("merge", path("one"), path("two"), "-o", path("both.theirs"));
    expect(stores(await rerunRrd("print", both))).toEqual(stores(await rerunRrd("print", path("both.theirs"))));
  });

  test("filterRrd", async (context) => {
    needRerun(context);
    const [one] = [path("one")];
    const entity = ["--drop-entity", "/world/points"];
    await compare("entity", filterRrd(one, { dropEntities: ["/world/points"] }), "filter", ...entity, one);
    const timeline = ["--drop-timeline", "log_time"];
    await compare("timeline", filterRrd(one, { dropTimelines: ["log_time"] }), "filter", ...timeline, one);
  });

  test("routeRrd, also of a file with several stores, at which Rerun's own tool fails", async (context) => {
    needRerun(context);
    const options = { applicationId: "moved", recordingId: "there" };
    const flags = ["--application-id", "moved", "--recording-id", "there"];
    await compare("route", routeRrd(path("one"), options), "route", ...flags, path("one"));
    const several = path("route.several");
    await writeFile(several, routeRrd(path("two"), options));
    await rerunRrd("verify", several);
  });

  test("splitRrd, which goes back to key frames, and to the first of named frames", async (context) => {
    needRerun(context);
    await recordStreams("streams");
    for (const [name, parts] of [
      ["two", 3],
      ["streams", 5],
    ] as const) {
      const [ours, theirs] = [outputFile(`tools.split.${name}`), outputFile(`tools.split.${name}.native`)];
      for (const folder of [ours, theirs]) await mkdir(folder, { recursive: true });
      for await (const { from, bytes } of splitRrd(path(name), { timeline: "frame", parts })) {
        const part = join(ours, `${from}.rrd`);
        await writeFile(part, bytes);
        await rerunRrd("verify", part);
      }
      await rerunRrd("split", "-o", theirs, "--timeline", "frame", "-n", String(parts), path(name));
      expect(await runPython<string[]>("compare_splits.py", { ours, theirs, timeline: "frame", parts })).toEqual([]);
    }
  });
});

test("rrdStats finds recordings of too many chunks worth optimizing, as Rerun does", async (context) => {
  needRerun(context);
  for (const [rows, isWorthIt] of [
    [202, true],
    [201, false],
  ] as const) {
    const rec = new rr.RecordingStream("tools", { batcher: { flushNumRows: 1 } });
    await rec.save(path("many"));
    // Two entities, which need a chunk each.
    for (let row = 0; row < rows; row++) rec.log(`values/${row % 2}`, new rr.Scalars(row));
    await rec.close();
    const theirs = await rerunRrd("stats", path("many"));
    const { footers } = await rrdStats(path("many"));
    expect(footers).toMatchObject([{ fewestChunks: 2, isWorthOptimizing: isWorthIt }]);
    expect(theirs.includes("may be unoptimized")).toBe(isWorthIt);
  }
});

test("rrdStats counts what Rerun counts", async (context) => {
  needRerun(context);
  const theirs = await rerunRrd("stats", path("one"));
  const numberOf = (name: string): number => Number(new RegExp(`^${name} = (\\d+)`, "m").exec(theirs)?.[1]);
  const ours = await rrdStats(path("one"));
  const { rowsPerChunk, indexesPerChunk, componentsPerChunk, footers } = ours;
  const [index] = footers;
  expect({
    num_chunks: ours.numChunks,
    num_rows: ours.numRows,
    num_entity_paths: ours.numEntityPaths,
    num_static: ours.numStatic,
    num_chunks_without_components: ours.numChunksWithoutComponents,
    num_rows_min: rowsPerChunk.min,
    num_rows_max: rowsPerChunk.max,
    num_indexes_max: indexesPerChunk.max,
    num_components_max: componentsPerChunk.max,
    "  num_chunks_indexed": index?.numChunks,
    "  num_static_chunks": index?.numStatic,
  }).toEqual(
    Object.fromEntries(
      [
        "num_chunks",
        "num_rows",
        "num_entity_paths",
        "num_static",
        "num_chunks_without_components",
        "num_rows_min",
        "num_rows_max",
        "num_indexes_max",
        "num_components_max",
        "  num_chunks_indexed",
        "  num_static_chunks",
      ].map((name) => [name, numberOf(name)]),
    ),
  );
  expect(theirs).toContain(`  num_columns = ${index?.numColumns}\n`);
  expect(theirs).toContain(`  sorbet_schema_num_fields = ${index?.numFields}\n`);
  expect(theirs).toContain(`  sorbet_schema_sha256 = ${index?.schemaSha256}\n`);
  expect(theirs).toMatch(new RegExp(`lower bound: +${index?.fewestChunks} chunks`));
  expect(theirs).toContain(`num_rows_avg = ${rowsPerChunk.avg.toFixed(3)}\n`);
  // Theirs are rounded to a tenth of a kibibyte.
  const schemas = /schema only, uncompressed\)\n-+\nipc_size_bytes_total = (\S+) KiB/.exec(theirs)?.[1];
  expect(ours.schemas.total / 1024).toBeCloseTo(Number(schemas), 0);
  for (const [entity, count] of Object.entries(ours.chunksPerEntity)) expect(theirs).toContain(`${entity}: ${count}\n`);
});
