import { run } from "@rerun-ts/test-support/node/run";
import { realRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { FOLDER } from "./goldens.ts";

/** The outcome of a program. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs `rerun` in the folder of the goldens. */
export function runRerun(args: readonly string[]): Promise<Outcome> {
  return runHere("rerun", args);
}

/** Runs a Python script in the folder of the goldens, in which it leaves nothing. */
export function runPython(args: readonly string[]): Promise<Outcome> {
  return runHere("python", args);
}

async function runHere(program: "python" | "rerun", args: readonly string[]): Promise<Outcome> {
  const env = { NO_COLOR: "1", PYTHONDONTWRITEBYTECODE: "1" };
  return run(realRerun()[program], [...args], { capture: true, cwd: FOLDER, env });
}
