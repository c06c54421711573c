import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { root, run } from "../tools/lib/run.mjs";

/** Files are written here and deleted at once. */
export const outputFolder = join(root, ".cache/bench");

/**
 * An SDK that is measured.
 * @typedef {{ name: string, command: readonly string[] }} Peer
 */

/**
 * What a peer's program prints.
 * @typedef {{ calls: number, seconds: number, cpuSeconds: number, blockedMs?: number, bytes?: number,
 *   peakBytes: number }} Run
 */

/** This SDK: a program of its own for every run. */
export const ours = { name: "rerun-ts", command: [process.execPath, join(root, "benchmarks/peers/rerun-ts.mjs")] };

/** This SDK in Chromium. */
export const oursInPage = { name: ours.name, command: [process.execPath, join(root, "benchmarks/peers/chromium.mjs")] };

/** The Python SDK, as a peer. */
export function pythonPeer(python) {
  return { name: "Python", command: [python, join(root, "benchmarks/peers/rerun_python.py")] };
}

/**
 * Runs a workload's program in a fresh process; `target` is the file that it writes (`memory:` and
 * a file: afterwards) or the server that it sends to.
 * Throws if it fails.
 * @returns {Promise<Run>}
 */
export async function runPeer({ name, command: [program, ...args] }, workload, calls, target) {
  await mkdir(outputFolder, { recursive: true });
  if (!target.startsWith("rerun+")) await rm(target.replace(/^memory:/, ""), { force: true });
  const { code, output } = await run(program, [...args, workload, String(calls), target], { capture: true });
  const result = output.trim().split("\n").at(-1) ?? "";
  if (code !== 0 || !result.startsWith("{")) throw new Error(`${workload} with ${name} failed:\n${output}`);
  return JSON.parse(result);
}
