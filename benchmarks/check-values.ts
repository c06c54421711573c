import { rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import type { RealRerun } from "@rerun-ts/test-support/setup/rerun";
import { outputFolder, own, runPeer, type Peer } from "./run-peers.ts";
import type { Workload } from "./workloads.ts";

const EQUAL_VALUES = join(root, "benchmarks/equal_values.py");

/**
 * Checks with few calls that our file is valid and that another SDK writes the same values: rates of different work are
 * not worth comparing.
 * @throws if it is not so
 */
export async function checkValues(
  { name, program = name, inPage = false }: Workload,
  calls: number,
  peer: Peer,
  { python, rerun }: RealRerun,
): Promise<void> {
  const file = join(outputFolder, `${name}-ours.rrd`);
  const other = join(outputFolder, `${name}-other.rrd`);
  try {
    await runPeer(inPage ? own.inPage : own.onNode, program, calls, inPage ? `memory:${file}` : file);
    await runPeer(peer, program, calls, other);
    await succeed(`rerun rrd verify rejects our file of ${name}`, rerun, ["rrd", "verify", file]);
    await succeed(`${name}: the values differ (ours / ${peer.name})`, python, [EQUAL_VALUES, file, other]);
  } finally {
    await rm(file, { force: true });
    await rm(other, { force: true });
  }
}

async function succeed(problem: string, command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await run(command, args, { capture: true });
  if (code !== 0) throw new Error(`${problem}:\n${output}`);
}
