import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isRerunThere, needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { beforeAll, expect, test } from "vitest";
import { root } from "@rerun-ts/test-support/node/environment";
import { runExample } from "@rerun-ts/test-support/examples/run-example";
import { run, type RunResult } from "@rerun-ts/test-support/node/run";
import { outputFile } from "./harness/output.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";

/** The examples that exist in Python as well; they share `save_scene.py`. */
const TWINS = { "point-cloud": "point_cloud.py", charts: "charts.py", "robot-arm": "robot_arm.py" };
/** The ways to divide rows into chunks: one per row, which can be compared exactly, or by the batcher of each SDK. */
const MODES = { "one chunk per row": { RERUN_FLUSH_NUM_ROWS: "0" }, batched: {} };

/** A run of an example and of its twin: where their files are, and their arguments and environment besides. */
interface PairedRun {
  readonly example: keyof typeof TWINS;
  readonly ours: string;
  readonly theirs: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const EXAMPLES = Object.keys(TWINS) as (keyof typeof TWINS)[];
/** One process runs all twins: loading Rerun's package takes longer than most of them. */
const twinErrors = new Map<PairedRun, string | null>();
const compared = Object.entries(MODES).flatMap(([mode, env]) =>
  EXAMPLES.map((example) => ({
    mode,
    ...pairedRun(example, `examples.${example}.${mode.replaceAll(" ", "-")}`, ["--no-layout"], env),
  })),
);
const withLayout = EXAMPLES.map((example) => pairedRun(example, `layout.${example}`, [], {}));

function pairedRun(
  example: keyof typeof TWINS,
  stem: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): PairedRun {
  return { example, ours: outputFile(`${stem}.ours.rrd`), theirs: outputFile(`${stem}.theirs.rrd`), args, env };
}

beforeAll(async () => {
  if (!isRerunThere()) return;
  const runs: readonly PairedRun[] = [...compared, ...withLayout];
  const requests = runs.map(({ example, theirs, args, env }) => ({
    program: TWINS[example],
    args: [theirs, ...args],
    env,
  }));
  const errors = await runPython<(string | null)[]>("run_twins.py", requests);
  for (const [index, pair] of runs.entries()) twinErrors.set(pair, errors[index] as string | null);
});

/** Runs an example, whose twin has run before. Rejects if one of them failed. */
async function runPair(pair: PairedRun): Promise<void> {
  const { example, ours, args, env } = pair;
  await succeed(example, runExample(example, [ours, ...args], { capture: true, env }));
  expect(twinErrors.get(pair)).toBe(null);
}

for (const pair of compared) {
  test(`an example and its Python twin log the same data, ${pair.mode}: ${pair.example}`, async (context) => {
    needRerun(context);
    const { ours, theirs, mode } = pair;
    await runPair(pair);
    await rerunRrd("verify", ours, theirs);
    const one_chunk_per_row = mode === "one chunk per row";
    const files = { ours, theirs, recording_id: false, one_chunk_per_row };
    const [answer] = await runPython<{ differences: string[]; components: object }[]>("compare_rows.py", [files]);
    expect(answer?.differences).toEqual([]);
    expect(Object.keys(answer?.components ?? {}).length).toBeGreaterThan(15);
    if (!one_chunk_per_row) return;
    await rerunRrd("compare", "--unordered", "--ignore-chunks-without-components", ours, theirs);
  });
}

test("an example and its Python twin have the same layout", async (context) => {
  needRerun(context);
  for (const pair of withLayout) await runPair(pair);
  const answer = await runPython<{ pairs: { differences: string[]; contents: string[] }[] }>("compare_blueprints.py", {
    cases: [],
    pairs: withLayout.map(({ ours, theirs }) => ({ ours, theirs })),
  });
  expect(answer.pairs.length).toBe(withLayout.length);
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
