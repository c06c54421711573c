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

/** How much more time a workload may take than in the commit that it is compared with. */
const TOLERANCE = 0.05;

/** The numbers of recordings that a relay saves in turns. */
const SAVED_RECORDINGS = [1, 5000];

/** How many times as many rounds a workload gets that looks slower: the best of few runs differs by up to a tenth. */
const MORE_ROUNDS = 4;

/** Options of {@link compareWith}. */
export interface CompareOptions extends RunOptions {
  readonly workloads: readonly Workload[];
  /** Whether to measure also a relay that saves. */
  readonly savesRelay: boolean;
  /** The least number of runs of each workload in both versions, of which the best counts. */
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
 * Runs workloads with this checkout and with a commit, in turns, and compares their processor time, which depends less
 * on other programs of the machine than elapsed time. Prints a table. Returns whether no workload has become slower.
 */
export async function compareWith(ref: string, options: CompareOptions): Promise<boolean> {
  const before = await prepareVersion(ref);
  const now: Version = { checkout: root, peers: own, programs: PROGRAMS_FOLDER };
  const rows = [["workload", "µs a call", `at ${ref}`, "÷ before"]];
  const slower: string[] = [];
  for (const { title, measure } of measurements(options)) {
    process.stdout.write(`${title}: `);
    let [best, bestBefore] = [Infinity, Infinity];
    const isSlower = (): boolean => best > bestBefore * (1 + TOLERANCE);
    const { rounds } = options;
    for (let round = 0; round < rounds || (round < rounds * MORE_ROUNDS && isSlower()); round++) {
      best = Math.min(best, await measure(now));
      bestBefore = Math.min(bestBefore, await measure(before));
      process.stdout.write(".");
    }
    process.stdout.write("\n");
    rows.push([title, best.toPrecision(3), bestBefore.toPrecision(3), `${(best / bestBefore).toFixed(2)}×`]);
    if (isSlower()) slower.push(title);
  }
  console.log(`\n${alignTable(rows)}\n`);
  console.log(
    slower.length === 0
      ? `No workload takes over ${TOLERANCE * 100} % more time than at ${ref}.`
      : `Slower than at ${ref} by over ${TOLERANCE * 100} %: ${slower.join("; ")}.`,
  );
  return slower.length === 0;
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
