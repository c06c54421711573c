import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { openRrdParts } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { describe, expect } from "vitest";
import { RelayProgram } from "./harness/relay-program.ts";
import { it } from "./harness/test.ts";
import { runWarmCli } from "./harness/warm-cli.ts";

const ROWS = 9;

/** A folder of `saveParts` with a layout and several parts. */
async function savedParts(folder: string): Promise<string> {
  const path = join(folder, "parts");
  for (let from = 0; from < ROWS; from += 3) {
    const rec = new rr.RecordingStream("parts", { recordingId: "run" });
    await rec.saveParts(path, { defaultBlueprint: new rr.blueprint.TimeSeriesView() });
    for (let row = from; row < from + 3; row++) rec.log("rows", new rr.Scalars(row), { time: { row } });
    await rec.close();
  }
  return path;
}

describe("a folder of `saveParts`", () => {
  it("is a recording for the commands that read, and for `openRrdParts`", async ({ folder }) => {
    const parts = await savedParts(folder);
    const names = await readdir(parts);
    expect(names.filter((name) => name.endsWith(".rrd")).length).toBe(ROWS / 3);
    const query = await runWarmCli(["rrd", "query", "--index", "row", "--columns", "/rows:Scalars:scalars", parts]);
    expect({ code: query.code, stderr: query.stderr }).toEqual({ code: 0, stderr: "" });
    const lines = query.stdout.toString().trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { row: unknown }).row)).toEqual(
      Array.from({ length: ROWS }, (_, row) => row),
    );
    const files = names.filter((name) => name.endsWith(".rrd")).map((name) => join(parts, name));
    const several = await runWarmCli([
      "rrd",
      "query",
      "--index",
      "row",
      "--columns",
      "/rows:Scalars:scalars",
      ...files,
    ]);
    expect(several.stdout.toString()).toBe(query.stdout.toString());
    for (const command of ["stats", "print", "verify"]) {
      const end = await runWarmCli(["rrd", command, parts]);
      expect({ command, code: end.code }).toEqual({ command, code: 0 });
    }
    const merged = join(folder, "merged.rrd");
    expect(await runWarmCli(["rrd", "merge", "-o", merged, parts])).toMatchObject({ code: 0 });

    await using file = await openRrdParts(parts);
    const table = await file.recording().query({ index: "row", contents: "/rows" }).toTable();
    expect(table.numRows).toBe(ROWS);
  });

  it("is shown by `view`, whose name may be left out", async ({ folder }) => {
    const parts = await savedParts(folder);
    const program = await RelayProgram.startWarm(
      [parts, "--port", "0", "--no-open", "--assets", await emptyViewer(folder)],
      /^The web viewer is at /,
    );
    const urls = new URL(program.url).searchParams.getAll("url");
    expect(urls).toHaveLength((await readdir(parts)).length);
    for (const url of urls) expect((await (await fetch(url)).text()).slice(0, 4)).toBe("RRF2");
  });

  it("has no recording: an error names the folder", async ({ folder }) => {
    const end = await runWarmCli(["rrd", "stats", folder]);
    expect(end).toMatchObject({ code: 1, stderr: expect.stringContaining(`no .rrd or .rbl file below ${folder}`) });
    await expect(openRrdParts(folder)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(openRrdParts(join(folder, "none"))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(openRrdParts(42 as never)).rejects.toMatchObject({ argument: "sources" });
  });
});

describe("rerun-ts rrd", () => {
  it("lists the timelines if `query` has no index", async ({ folder }) => {
    const end = await runWarmCli(["rrd", "query", await savedParts(folder)]);
    expect(end).toMatchObject({ code: 2, stderr: expect.stringMatching(/the timelines are: .*\brow\b/) });
  });

  it("shows the help of one of its commands alone", async () => {
    const { stdout } = await runWarmCli(["rrd", "split", "--help"]);
    expect(stdout.toString()).toContain("--num-parts COUNT");
    expect(stdout.toString()).not.toContain("--max-rows");
  });
});

async function emptyViewer(folder: string): Promise<string> {
  const { writeFile, mkdir } = await import("node:fs/promises");
  const path = join(folder, "viewer");
  await mkdir(path);
  await writeFile(join(path, "index.html"), "the viewer");
  return path;
}
