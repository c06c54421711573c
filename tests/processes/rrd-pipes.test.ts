import { spawnSync } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { describe, expect } from "vitest";
import { CLI } from "./harness/command.ts";
import { it } from "./harness/test.ts";

interface Shell {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a pipeline, in which `rrd` stands for the command, in a folder. */
function shell(folder: string, pipeline: string): Shell {
  const script = `set -o pipefail; rrd() { "$NODE" "$CLI" rrd "$@"; }; ${pipeline}`;
  const env = { ...process.env, NODE: process.execPath, CLI };
  return spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8", env });
}

async function save(path: string, rows: number): Promise<void> {
  const rec = new rr.RecordingStream("pipes", { recordingId: "pipes" });
  await rec.save(path);
  for (let frame = 0; frame < rows; frame++) rec.log("a", new rr.Scalars(frame), { time: { frame } });
  await rec.close();
}

describe("rerun-ts rrd in a pipeline", () => {
  it("compares a file with standard input, in either place", async ({ folder }) => {
    await save(join(folder, "a.rrd"), 10);
    await save(join(folder, "b.rrd"), 9);
    expect(shell(folder, "cat a.rrd | rrd compare --chunks - a.rrd")).toMatchObject({ status: 0 });
    expect(shell(folder, "rrd merge -o - a.rrd | rrd compare a.rrd -")).toMatchObject({ status: 0 });
    expect(shell(folder, "cat b.rrd | rrd compare a.rrd -")).toMatchObject({ status: 1 });
    const alone = shell(folder, "cat a.rrd | rrd compare -");
    expect(alone).toMatchObject({ status: 2, stderr: expect.stringContaining("exactly two files") as string });
  });

  it("splits standard input into the files that it splits a file into", async ({ folder }) => {
    await save(join(folder, "ten.rrd"), 10);
    expect(shell(folder, "rrd split --timeline frame -n 3 -o of-file ten.rrd")).toMatchObject({ status: 0 });
    for (const given of ["-", ""]) {
      const piped = shell(folder, `cat ten.rrd | rrd split --timeline frame -n 3 -o of-pipe${given} ${given}`);
      expect(piped).toMatchObject({ status: 0 });
      const parts = await readdir(join(folder, `of-pipe${given}`));
      expect(parts.length).toBe(3);
      for (const part of parts)
        expect(
          (await readFile(join(folder, `of-pipe${given}`, part))).equals(
            await readFile(join(folder, "of-file", part.replace("stdin", "ten"))),
          ),
        ).toBe(true);
    }
    const toOutput = shell(folder, "cat ten.rrd | rrd split --timeline frame -n 3 -o - -");
    expect(toOutput).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining("a folder") as string });
    expect(await readdir(folder)).not.toContain("-");
  });

  it("prints a layout of standard input as TypeScript", async ({ folder }) => {
    await rr.saveBlueprint(new rr.blueprint.TimeSeriesView({ origin: "/a" }), "pipes", join(folder, "l.rbl"));
    const { stdout } = shell(folder, "rrd blueprint l.rbl");
    expect(stdout).toContain("TimeSeriesView");
    for (const given of ["-", ""])
      expect(shell(folder, `cat l.rbl | rrd blueprint ${given}`)).toMatchObject({ status: 0, stdout });
  });

  it.for(["compare - -", "split --timeline frame -n 2 -o out - -", "blueprint - -"])(
    "rejects `%s`, because there is one standard input",
    async (command, { folder }) => {
      await save(join(folder, "a.rrd"), 2);
      const { status, stderr } = shell(folder, `cat a.rrd | rrd ${command}`);
      expect([status, stderr]).toEqual([2, expect.stringContaining("only once")]);
      expect(await readdir(folder)).toEqual(["a.rrd"]);
    },
  );

  it.for(["compare - a.rrd", "split --timeline frame -n 2 -o out -", "blueprint -"])(
    "says that the input of `%s` is empty",
    async (command, { folder }) => {
      await save(join(folder, "a.rrd"), 2);
      const { status, stderr } = shell(folder, `: | rrd ${command}`);
      expect([status, stderr]).toEqual([1, expect.stringContaining("too short")]);
      expect(await readdir(folder)).toEqual(["a.rrd"]);
    },
  );
});
