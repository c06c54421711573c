import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { describe, expect, inject, test } from "vitest";
import { root } from "@rerun-ts/test-support/node/environment";
import { runExample } from "@rerun-ts/test-support/examples/run-example";
import { run, type RunResult } from "@rerun-ts/test-support/node/run";
import { outputFile } from "./harness/output.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";

const rerun = inject("realRerun");
/** The examples that exist in Python as well; they share `save_scene.py`. */
const TWINS = { "point-cloud": "point_cloud.py", charts: "charts.py", "robot-arm": "robot_arm.py" };
/** The ways to divide rows into chunks: one per row, which can be compared exactly, or by the batcher of each SDK. */
const MODES = { "one chunk per row": { RERUN_FLUSH_NUM_ROWS: "0" }, batched: {} };

for (const [mode, env] of Object.entries(MODES)) {
  describe(`an example and its Python twin log the same data, ${mode}`, () => {
    for (const [example, twin] of Object.entries(TWINS)) {
      test(example, async (context) => {
        needRerun(context);
        if ("missing" in rerun) throw new Error(rerun.missing);
        const stem = `examples.${example}.${mode.replaceAll(" ", "-")}`;
        const [ours, theirs] = [outputFile(`${stem}.ours.rrd`), outputFile(`${stem}.theirs.rrd`)];
        await Promise.all([
          succeed(example, runExample(example, [ours, "--no-layout"], { capture: true, env })),
          runProgram(rerun.python, ["-B", `examples/python/${twin}`, theirs, "--no-layout"], env),
        ]);
        await rerunRrd("verify", ours, theirs);
        const pair = { ours, theirs, recording_id: false, one_chunk_per_row: mode === "one chunk per row" };
        const [answer] = await runPython<{ differences: string[]; components: object }[]>("compare_rows.py", [pair]);
        expect(answer?.differences).toEqual([]);
        expect(Object.keys(answer?.components ?? {}).length).toBeGreaterThan(15);
        if (!pair.one_chunk_per_row) return;
        await rerunRrd("compare", "--unordered", "--ignore-chunks-without-components", ours, theirs);
      });
    }
  });
}

test("an example and its Python twin have the same layout", async (context) => {
  needRerun(context);
  if ("missing" in rerun) throw new Error(rerun.missing);
  const pairs: { readonly ours: string; readonly theirs: string }[] = [];
  for (const [example, twin] of Object.entries(TWINS)) {
    const [ours, theirs] = [outputFile(`layout.${example}.ours.rrd`), outputFile(`layout.${example}.theirs.rrd`)];
    await Promise.all([
      succeed(example, runExample(example, [ours], { capture: true })),
      runProgram(rerun.python, ["-B", `examples/python/${twin}`, theirs], {}),
    ]);
    pairs.push({ ours, theirs });
  }
  const answer = await runPython<{ pairs: { differences: string[]; contents: string[] }[] }>("compare_blueprints.py", {
    cases: [],
    pairs,
  });
  for (const { differences, contents } of answer.pairs) {
    expect(differences).toEqual([]);
    expect(contents).toContain("TimeSeries/ViewBlueprint:display_name");
  }
});

test("every Python example has a TypeScript twin", async () => {
  const programs = (await readdir(join(root, "examples/python"))).filter((name) => name.endsWith(".py"));
  expect(programs.sort()).toEqual([...Object.values(TWINS), "save_scene.py"].sort());
});

test("`npm run examples -- NAME` runs an example, and passes further arguments to it", async () => {
  const file = outputFile("examples.text.rrd");
  await runProgram("node", ["tools/start.mjs", "tools/examples.ts", "text", file, "--exit"], {});
  expect((await stat(file)).size).toBeGreaterThan(1000);
  const { code, output } = await run("node", ["tools/start.mjs", "tools/examples.ts", "text", "--no-such-flag"], {
    capture: true,
  });
  expect(code).not.toBe(0);
  expect(output).toContain("--no-such-flag");
});

/** Runs a program. Rejects with its output if it fails. */
async function runProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  await succeed(`${command} ${args.join(" ")}`, run(command, args, { capture: true, env }));
}

/** Rejects with the output of a program if it fails. */
async function succeed(name: string, running: Promise<RunResult>): Promise<void> {
  const { code, output } = await running;
  if (code !== 0) throw new Error(`\`${name}\` failed (exit code ${code}):\n${output}`);
}
