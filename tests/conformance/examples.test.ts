import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { root, run } from "../../tools/lib/run.mjs";
import { outputFile } from "./harness/output.ts";
import { needRerun, rerunRrd, runPython } from "./harness/real-rerun.ts";

const rerun = inject("realRerun");
/** The examples that are there in Python as well; `save_scene.py` is what those have in common. */
const TWINS = { "point-cloud": "point_cloud.py", charts: "charts.py", "robot-arm": "robot_arm.py" };
/** How rows become chunks: each by itself, which can be compared exactly, or as each SDK likes. */
const MODES = { "one chunk per row": { RERUN_FLUSH_NUM_ROWS: "0" }, batched: {} };

for (const [mode, env] of Object.entries(MODES)) {
  describe(`an example and its Python twin log the same, ${mode}`, () => {
    for (const [example, twin] of Object.entries(TWINS)) {
      test(example, async (context) => {
        needRerun(context);
        if ("missing" in rerun) throw new Error(rerun.missing);
        const stem = `examples.${example}.${mode.replaceAll(" ", "-")}`;
        const [ours, theirs] = [outputFile(`${stem}.ours.rrd`), outputFile(`${stem}.theirs.rrd`)];
        await Promise.all([
          runProgram("npx", ["--no-install", "tsx", `examples/node/${example}/main.ts`, ours, "--exit"], env),
          runProgram(rerun.python, ["-B", `examples/python/${twin}`, theirs], env),
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

test("every Python example has a twin", async () => {
  const programs = (await readdir(join(root, "examples/python"))).filter((name) => name.endsWith(".py"));
  expect(programs.sort()).toEqual([...Object.values(TWINS), "save_scene.py"].sort());
});

test("`npm run examples -- NAME` runs one, and hands the rest on to it", async () => {
  const file = outputFile("examples.text.rrd");
  await runProgram("node", ["tools/examples.mjs", "text", file, "--exit"], {});
  expect((await stat(file)).size).toBeGreaterThan(1000);
  const { code, output } = await run("node", ["tools/examples.mjs", "text", "--no-such-flag"], { capture: true });
  expect(code).not.toBe(0);
  expect(output).toContain("--no-such-flag");
});

/** Throws what a program that fails has printed. */
async function runProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const { code, output } = await run(command, args, { capture: true, env });
  if (code !== 0) throw new Error(`\`${command} ${args.join(" ")}\` failed (exit code ${code}):\n${output}`);
}
