import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inject, type TestContext } from "vitest";
import { isCi, run } from "../../../tools/lib/run.mjs";
import { outputFile } from "./output.ts";

const rerun = inject("realRerun");
const scripts = join(import.meta.dirname, "..");

/** Whether the real Rerun is there. */
export const isRerunThere: boolean = !("missing" in rerun);

/** Skips a test that needs the real Rerun where it is not to be had; on CI that is a failure. */
export function needRerun(context: TestContext): void {
  if (!("missing" in rerun)) return;
  if (isCi) throw new Error(`the real Rerun is not there: ${rerun.missing}`);
  context.skip(rerun.missing);
}

/** Runs one of the Python programs of this folder: it reads a JSON file and writes one. */
export async function runPython<Answer>(script: string, request: unknown): Promise<Answer> {
  if ("missing" in rerun) throw new Error(rerun.missing);
  // Test files run at the same time.
  const stem = outputFile(`${script}.${randomUUID()}`);
  const [requestPath, answerPath] = [`${stem}.request.json`, `${stem}.answer.json`];
  await writeFile(requestPath, JSON.stringify(request));
  const { code, output } = await run(rerun.python, [join(scripts, script), requestPath, answerPath], {
    capture: true,
    env: { PYTHONDONTWRITEBYTECODE: "1" },
  });
  if (code !== 0) throw new Error(`${script} failed: ${output}`);
  return JSON.parse(await readFile(answerPath, "utf8")) as Answer;
}

/** Runs `rerun rrd …` and returns what it prints. Throws if it fails, or prints a warning or an error. */
export async function rerunRrd(...args: string[]): Promise<string> {
  if ("missing" in rerun) throw new Error(rerun.missing);
  const { code, output } = await run(rerun.rerun, ["rrd", ...args], { capture: true, env: { NO_COLOR: "1" } });
  const complaint = code !== 0 || /^\S+Z\s+(?:WARN|ERROR)\s/m.test(output);
  if (complaint) throw new Error(`\`rerun rrd ${args.join(" ")}\` (exit code ${code}):\n${output.slice(0, 4000)}`);
  return output;
}
