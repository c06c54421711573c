// The judges of the file tools are those of Rerun.
import { readFile, writeFile } from "node:fs/promises";
import { filterRrd, mergeRrd, routeRrd, rrdStats, splitRrd, verifyRrd } from "@rerun-ts/arrow";
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

beforeAll(async () => {
  await Promise.all([record("one"), record("two")]);
});

/** Writes our output beside that of Rerun's tool, verifies it, and compares the chunks of both. */
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

  test("splitRrd", async (context) => {
    needRerun(context);
    for await (const { recordingId, bytes } of splitRrd(path("two"), { timeline: "frame", parts: 3 })) {
      const part = path(`split.${recordingId}`);
      await writeFile(part, bytes);
      await rerunRrd("verify", part);
    }
  });
});

test("rrdStats counts what Rerun counts", async (context) => {
  needRerun(context);
  const theirs = await rerunRrd("stats", path("one"));
  const numberOf = (name: string): number => Number(new RegExp(`^${name} = (\\d+)`, "m").exec(theirs)?.[1]);
  const ours = await rrdStats(path("one"));
  expect([ours.numChunks, ours.numRows, ours.numEntityPaths, ours.numStatic]).toEqual(
    ["num_chunks", "num_rows", "num_entity_paths", "num_static"].map(numberOf),
  );
  for (const [entity, count] of Object.entries(ours.chunksPerEntity)) expect(theirs).toContain(`${entity}: ${count}\n`);
});
