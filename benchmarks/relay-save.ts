import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "@rerun-ts/test-support/node/environment";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { compiledPath } from "./compile-programs.ts";
import { processorTimeOf } from "./processor-time.ts";
import { outputFolder } from "./run-peers.ts";
import { alignTable } from "./table.ts";

const COUNTS = [1, 100, 5000, 10_000];
const MESSAGES = { full: 100_000, quick: 20_000 };

/** The cost of a message for a relay that saves it, with so many recordings in turns. */
export interface RelaySaveResult {
  readonly recordings: number;
  readonly cpuMicros: number;
  /** Beside the same with a single recording. */
  readonly ratioToOne: number;
}

/** Measures `rerun-ts serve --save` with one file for each recording: the least of so many runs. Linux only. */
export async function measureRelaySave(rounds: number, size: "full" | "quick"): Promise<readonly RelaySaveResult[]> {
  process.stdout.write("relay that saves: ");
  const best = new Map<number, number>();
  for (let round = 0; round < rounds; round++) {
    for (const count of COUNTS) best.set(count, Math.min(best.get(count) ?? Infinity, await saveOnce(count, size)));
    process.stdout.write(".");
  }
  process.stdout.write("\n");
  const one = best.get(1) ?? NaN;
  return [...best].map(([recordings, cpuMicros]) => ({ recordings, cpuMicros, ratioToOne: cpuMicros / one }));
}

/** Formats the results for a console. */
export function formatRelaySave(results: readonly RelaySaveResult[]): string {
  return alignTable([
    ["recordings", "CPU a message, µs", "÷ one recording"],
    ...results.map(({ recordings, cpuMicros, ratioToOne }) => [
      recordings.toLocaleString("en"),
      cpuMicros.toFixed(1),
      ratioToOne.toFixed(2),
    ]),
  ]);
}

/**
 * Returns the processor time of a relay for each saved message, in microseconds.
 * @param checkout the folder with the built packages. Default: this one
 */
export async function saveOnce(recordings: number, size: "full" | "quick", checkout: string = root): Promise<number> {
  const messages = MESSAGES[size];
  const folder = await mkdtemp(join(outputFolder, "relay-save-"));
  const port = await freePort();
  const cli = join(checkout, "packages/cli/dist/bundle/main.js");
  const pattern = join(folder, "{recording}.rrd");
  const args = [cli, "serve", "--port", String(port), "--memory-limit", "0", "--save", pattern];
  const relay = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(createInterface({ input: relay.stdout }), "line");
    relay.stdout.resume();
    const program = [compiledPath("relay/save-writer.ts"), port, recordings, messages].map(String);
    const writer = spawn(process.execPath, program, { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: writer.stdout })[Symbol.asyncIterator]();
    await lines.next();
    const before = await processorTimeOf(relay.pid);
    writer.stdin.write("\n");
    if ((await lines.next()).value !== "written") throw new Error("the writer of the relay has failed");
    const after = await processorTimeOf(relay.pid);
    return (after - before) / messages;
  } finally {
    relay.kill("SIGKILL");
    await once(relay, "exit");
    await rm(folder, { recursive: true });
  }
}
