import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openRrd } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { programOf, writeProgram } from "@rerun-ts/test-support/examples/recipe";
import { beforeEach, describe, expect } from "vitest";
import { it } from "./harness/test.ts";

/** Runs a recipe in a folder, and returns its output. */
async function runRecipe(title: string, folder: string): Promise<string> {
  const path = await writeProgram(title.replace(/\W/g, "-"), await programOf("reading.md", title));
  const { status, stdout, stderr } = spawnSync(process.execPath, [path], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`${title}: ${stderr}`);
  return stdout;
}

describe("the recipes of docs/reading.md", () => {
  beforeEach<{ folder: string }>(async ({ folder }) => {
    const rec = new rr.RecordingStream("robot", { recordingId: "one" });
    await rec.save(join(folder, "robot.rrd"));
    rec.log("notes", new rr.TextDocument("a robot"), { static: true });
    for (let frame = 0; frame < 30; frame++) {
      rec.setTime("frame", frame);
      rec.log("arm", new rr.Scalars(frame / 2));
      if (frame % 10 === 5) rec.log("camera", new rr.Scalars(frame));
    }
    await rec.close();
  });

  it("joins two sensors", async ({ folder }) => {
    const lines = (await runRecipe("Join two sensors", folder)).trim().split("\n");
    expect(lines).toEqual(["5n [ 5 ] [ 2.5 ]", "15n [ 15 ] [ 7.5 ]", "25n [ 25 ] [ 12.5 ]"]);
  });

  it("cuts a clip", async ({ folder, rerun }) => {
    await runRecipe("Cut a clip", folder);
    const clip = join(folder, "clip.rrd");
    await rerun.verify(clip);
    const recording = (await openRrd(clip)).recording();
    expect(recording.timeRange("frame")).toEqual({ start: 5n, end: 19n });
    expect(recording.schema().entityPaths).toContain("/notes");
  });

  it("repairs a file", async ({ folder, rerun }) => {
    const path = join(folder, "robot.rrd");
    await writeFile(path, (await readFile(path)).subarray(0, -100));
    expect(Number(await runRecipe("Repair a file", folder))).toBeGreaterThan(0);
    await rerun.verify(path);
  });

  it("writes CSV", async ({ folder }) => {
    await runRecipe("Write CSV", folder);
    const lines = (await readFile(join(folder, "arm.csv"), "utf8")).split("\n");
    expect([lines.length, lines[0], lines[1], lines[30]]).toEqual([31, "frame,angle", "0,0", "29,14.5"]);
  });
});
