import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { compiledPath } from "./compile-programs.ts";
import { outputFolder, type PeerRun } from "./run-peers.ts";

/** How often each program is started in a round; the best counts. */
const STARTS = 5;

/** Measures how long programs take from their start to their end that log one row, by the name of the SDK. */
export async function measureStartUp(
  rounds: number,
  python: string | undefined,
): Promise<ReadonlyMap<string, readonly PeerRun[]>> {
  const starts = [{ name: "rerun-ts", command: [process.execPath, compiledPath("peers/start.mjs")] as const }];
  if (python !== undefined)
    starts.push({ name: "Python", command: [python, join(root, "benchmarks/peers/start.py")] as const });
  const runs = new Map<string, PeerRun[]>(starts.map(({ name }) => [name, []]));
  for (let start = 0; start < rounds * STARTS; start++) {
    for (const { name, command } of starts) runs.get(name)?.push({ calls: 1, seconds: await startOnce(command) });
    if (start % STARTS === 0) process.stdout.write(".");
  }
  process.stdout.write("\n");
  return runs;
}

/** Returns the seconds from the start to the end of a program that logs one row. */
export async function startOnce([executable, program]: readonly [string, string]): Promise<number> {
  await mkdir(outputFolder, { recursive: true });
  const file = join(outputFolder, "start.rrd");
  const before = performance.now();
  const { code, output } = await run(executable, [program, file], { capture: true });
  const seconds = (performance.now() - before) / 1000;
  if (code !== 0) throw new Error(`${program} failed:\n${output}`);
  await rm(file);
  return seconds;
}
