import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { outputFolder, type PeerRun } from "./run-peers.ts";

/** How often each program is started in a round; the best counts. */
const STARTS = 5;

/** Measures how long programs take from their start to their end that log one row, by the name of the SDK. */
export async function measureStartUp(
  rounds: number,
  python: string | undefined,
): Promise<ReadonlyMap<string, readonly PeerRun[]>> {
  const peers = [{ name: "rerun-ts", command: process.execPath, program: "start.mjs" }];
  if (python !== undefined) peers.push({ name: "Python", command: python, program: "start.py" });
  const runs = new Map<string, PeerRun[]>(peers.map(({ name }) => [name, []]));
  await mkdir(outputFolder, { recursive: true });
  const file = join(outputFolder, "start.rrd");
  for (let start = 0; start < rounds * STARTS; start++) {
    for (const { name, command, program } of peers) {
      const before = performance.now();
      const { code, output } = await run(command, [join(root, "benchmarks/peers", program), file], { capture: true });
      const seconds = (performance.now() - before) / 1000;
      if (code !== 0) throw new Error(`${program} failed:\n${output}`);
      await rm(file);
      runs.get(name)?.push({ calls: 1, seconds });
    }
    if (start % STARTS === 0) process.stdout.write(".");
  }
  process.stdout.write("\n");
  return runs;
}
