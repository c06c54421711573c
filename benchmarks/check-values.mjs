import { rm } from "node:fs/promises";
import { join } from "node:path";
import { root, run } from "../tools/lib/run.mjs";
import { ours, oursInPage, outputFolder, runPeer } from "./run-peers.mjs";

const equalValues = join(root, "benchmarks/equal_values.py");

/**
 * Checks, with few calls, that our file is valid and that `peer` writes the same values. Throws if not: rates of
 * different work are not worth comparing.
 */
export async function checkValues({ name, program = name, calls, inPage }, peer, { python, rerun }) {
  const file = join(outputFolder, `${name}-ours.rrd`);
  const other = join(outputFolder, `${name}-other.rrd`);
  try {
    await runPeer(inPage ? oursInPage : ours, program, calls.check, inPage ? `memory:${file}` : file);
    await runPeer(peer, program, calls.check, other);
    await expectSuccess(`rerun rrd verify refuses our file of ${name}`, rerun, ["rrd", "verify", file]);
    const difference = `${name}: the values differ (ours / ${peer.name})`;
    await expectSuccess(difference, python, [equalValues, file, other]);
  } finally {
    await rm(file, { force: true });
    await rm(other, { force: true });
  }
}

async function expectSuccess(problem, command, args) {
  const { code, output } = await run(command, args, { capture: true });
  if (code !== 0) throw new Error(`${problem}:\n${output}`);
}
