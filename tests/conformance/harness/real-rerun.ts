import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "@rerun-ts/test-support/node/run";
import { realRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { runWarmPython } from "@rerun-ts/test-support/python/warm-python";
import { outputFile } from "./output.ts";

const scripts = join(import.meta.dirname, "..");

/** The programs that change their process: the environment, or how strict Rerun's package is. */
const ALONE: readonly string[] = ["log_urdf.py", "run_cases.py", "run_twins.py"];

/** Runs one of the Python programs of this folder: the program reads a JSON file and writes a JSON file. */
export async function runPython<Answer>(script: string, request: unknown): Promise<Answer> {
  // Test files run concurrently.
  const stem = outputFile(`${script}.${randomUUID()}`);
  const [requestPath, answerPath] = [`${stem}.request.json`, `${stem}.answer.json`];
  await writeFile(requestPath, JSON.stringify(request));
  const paths = [requestPath, answerPath];
  if (ALONE.includes(script)) await runAlone(script, paths);
  else await runWarmPython({ path: join(scripts, script) }, paths);
  return JSON.parse(await readFile(answerPath, "utf8")) as Answer;
}

/**
 * Runs one of the Python programs in which Rerun 0.41 may panic, which ends their process: at some clears, index out of
 * bounds in `chunk_filter_recursive_only`. Returns whether it has panicked.
 */
export async function runUpToPanic(script: string, paths: readonly string[]): Promise<boolean> {
  try {
    await runWarmPython({ path: join(scripts, script) }, paths);
    return false;
  } catch (error) {
    if (String(error).includes("panicked at")) return true;
    throw error;
  }
}

async function runAlone(script: string, paths: readonly string[]): Promise<void> {
  const { code, output } = await run(realRerun().python, [join(scripts, script), ...paths], {
    capture: true,
    env: { PYTHONDONTWRITEBYTECODE: "1" },
  });
  if (code !== 0) throw new Error(`${script} failed: ${output}`);
}

/** Runs `rerun rrd …` and returns its output. Throws if the program fails, or prints a warning or an error. */
export async function rerunRrd(...args: string[]): Promise<string> {
  const { code, output } = await run(realRerun().rerun, ["rrd", ...args], { capture: true, env: { NO_COLOR: "1" } });
  const hasProblem = code !== 0 || /^\S+Z\s+(?:WARN|ERROR)\s/m.test(output);
  if (hasProblem) throw new Error(`\`rerun rrd ${args.join(" ")}\` (exit code ${code}):\n${output.slice(0, 4000)}`);
  return output;
}
