import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { compilePrograms } from "./compile-programs.ts";
import { ours, outputFolder, runPeer, type Peer } from "./run-peers.ts";
import { alignTable } from "./table.ts";
import type { Workload } from "./workloads.ts";

/** How much more processor time a workload may take than in the commit that it is compared with. */
const TOLERANCE = 0.05;

/** How many times as many rounds a workload gets that looks slower: the best of few runs differs by up to a tenth. */
const MORE_ROUNDS = 4;

/** Options of {@link compareWith}. */
export interface CompareOptions {
  readonly workloads: readonly Workload[];
  /** How long the runs are. */
  readonly size: "full" | "quick";
  /** The least number of runs of each workload in both versions, of which the best counts. */
  readonly rounds: number;
}

/**
 * Runs workloads with this checkout and with a commit, in turns, and compares their processor time, which depends less
 * on other programs of the machine than elapsed time. Prints a table. Returns whether no workload has become slower.
 */
export async function compareWith(ref: string, { workloads, size, rounds }: CompareOptions): Promise<boolean> {
  const base = await prepareBase(ref);
  const rows = [["workload", "µs a call", `at ${ref}`, "÷ before"]];
  const slower: string[] = [];
  for (const { name, title, program = name, calls } of workloads) {
    process.stdout.write(`${name} ${title}: `);
    const best = new Map<Peer, number>();
    const isSlower = () => (best.get(ours) as number) > (best.get(base) as number) * (1 + TOLERANCE);
    for (let round = 0; round < rounds || (round < rounds * MORE_ROUNDS && isSlower()); round++) {
      for (const peer of [ours, base]) {
        const file = join(outputFolder, "compare.rrd");
        const { cpuSeconds = 0, calls: made } = await runPeer(peer, program, calls[size] ?? calls.full, file);
        await rm(file, { force: true });
        best.set(peer, Math.min(best.get(peer) ?? Infinity, (cpuSeconds / made) * 1e6));
      }
      process.stdout.write(".");
    }
    process.stdout.write("\n");
    const [now, before] = [best.get(ours) as number, best.get(base) as number];
    rows.push([`${name} ${title}`, now.toPrecision(3), before.toPrecision(3), `${(now / before).toFixed(2)}×`]);
    if (isSlower()) slower.push(name);
  }
  console.log(`\n${alignTable(rows)}\n`);
  console.log(
    slower.length === 0
      ? `No workload takes over ${TOLERANCE * 100} % more processor time than at ${ref}.`
      : `Slower than at ${ref} by over ${TOLERANCE * 100} %: ${slower.join(", ")}.`,
  );
  return slower.length === 0;
}

/** A peer that runs the programs of this checkout with the packages of a commit, which is built once. */
async function prepareBase(ref: string): Promise<Peer> {
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
  return { name: ref, command: [process.execPath, join(programs, "peers/rerun-ts.mjs")] };
}

async function succeed(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, output } = await run(command, args, { capture: true, cwd });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${output}`);
}
