import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { compilePrograms, PROGRAMS_FOLDER } from "./compile-programs.ts";
import { readOnce } from "./reading.ts";
import { saveOnce } from "./relay-save.ts";
import { own, ownPeers, type OwnPeers } from "./run-peers.ts";
import { ownPeerOf, runOnce, type RunOptions } from "./run-workload.ts";
import { startOnce } from "./start-up.ts";
import { alignTable } from "./table.ts";
import type { Workload } from "./workloads.ts";

/**
 * How much more time a workload may take than in the commit that it is compared with, unless the commit differs more
 * from itself.
 */
const TOLERANCE = 0.03;

/** The numbers of recordings that a relay saves in turns. */
const SAVED_RECORDINGS = [1, 5000];

/** Options of {@link compareWith}. */
export interface CompareOptions extends RunOptions {
  readonly workloads: readonly Workload[];
  /** Whether to measure also a relay that saves. */
  readonly savesRelay: boolean;
  /** The number of rounds. The medians count. */
  readonly rounds: number;
}

/** The packages of a checkout. */
interface Version {
  readonly checkout: string;
  readonly peers: OwnPeers;
  /** The folder of the compiled programs. */
  readonly programs: string;
}

/** A measurement that is compared. */
interface Measurement {
  readonly title: string;
  /** Returns the microseconds of a call: of the processor, or of elapsed time if only that is measured. */
  measure(this: void, version: Version): Promise<number>;
}

/**
 * Runs workloads with this checkout and with a commit, in turns, and compares the medians of their processor time. That
 * depends less on other programs of the machine than elapsed time. The commit runs twice in each round, which shows how
 * much it differs from itself. Prints a table. Returns whether no workload has become slower.
 */
export async function compareWith(ref: string, options: CompareOptions): Promise<boolean> {
  const before = await prepareVersion(ref);
  const now: Version = { checkout: root, peers: own, programs: PROGRAMS_FOLDER };
  const rows = [["workload", "µs a call", `at ${ref}`, "÷ before", "before ÷ itself"]];
  const slower: string[] = [];
  for (const { title, measure } of measurements(options)) {
    process.stdout.write(`${title}: `);
    const times: number[] = [];
    const first: number[] = [];
    const second: number[] = [];
    for (let round = 0; round < options.rounds; round++) {
      first.push(await measure(before));
      times.push(await measure(now));
      second.push(await measure(before));
      process.stdout.write(".");
    }
    process.stdout.write("\n");
    const [time, timeBefore] = [median(times), median([...first, ...second])];
    const spread = median(first) / median(second);
    const ratio = time / timeBefore;
    rows.push([title, time.toPrecision(3), timeBefore.toPrecision(3), `${ratio.toFixed(3)}×`, `${spread.toFixed(3)}×`]);
    if (ratio > Math.max(1 + TOLERANCE, spread, 1 / spread)) slower.push(title);
  }
  console.log(`\n${alignTable(rows)}\n`);
  const limit = `${TOLERANCE * 100} %, and by more than ${ref} differs from itself`;
  console.log(
    slower.length === 0 ? `No workload is slower by over ${limit}.` : `Slower by over ${limit}: ${slower.join("; ")}.`,
  );
  return slower.length === 0;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2;
}

function measurements(options: CompareOptions): readonly Measurement[] {
  const { workloads, savesRelay, size } = options;
  const measured = workloads.map((workload) => ({
    title: `${workload.name} ${workload.title}`,
    measure: (version: Version) => microsOf(workload, version, options),
  }));
  const relay = SAVED_RECORDINGS.map((count) => ({
    title: `relay-save ${count} recordings`,
    measure: ({ checkout }: Version) => saveOnce(count, size, checkout),
  }));
  return savesRelay ? [...measured, ...relay] : measured;
}

async function microsOf(workload: Workload, { peers, programs }: Version, options: RunOptions): Promise<number> {
  if (workload.isProcess === true)
    return 1e6 * (await startOnce([process.execPath, join(programs, "peers/start.mjs")]));
  const {
    calls,
    seconds,
    cpuSeconds = seconds,
  } = workload.readsSteps === undefined
    ? await runOnce(workload, ownPeerOf(workload, peers), options)
    : await readOnce(workload, peers, options.size);
  return (cpuSeconds / calls) * 1e6;
}

/** The packages of a commit, which is built once, with the programs of this checkout. */
async function prepareVersion(ref: string): Promise<Version> {
  const { code, output } = await run("git", ["rev-parse", "--verify", `${ref}^{commit}`], { capture: true });
  if (code !== 0) throw new Error(`\`--compare\` must name a commit, got ${JSON.stringify(ref)}:\n${output}`);
  const folder = join(root, ".cache/compare", output.trim());
  if (!existsSync(folder)) {
    console.log(`Building ${ref} …`);
    const unfinished = `${folder}.part`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    await succeed("bash", ["-c", `git archive ${output.trim()} | tar -x -C ${JSON.stringify(unfinished)}`], root);
    await succeed("npm", ["ci", "--no-audit", "--no-fund"], unfinished);
    await succeed("node", ["tools/start.mjs", "tools/build.ts"], unfinished);
    await rename(unfinished, folder);
  }
  const programs = join(folder, ".cache/bench/programs");
  await compilePrograms(programs);
  return { checkout: folder, peers: ownPeers(ref, folder, programs), programs };
}

async function succeed(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, output } = await run(command, args, { capture: true, cwd });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${output}`);
}
