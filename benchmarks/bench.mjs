// `npm run bench [-- --quick] [--rust] [--only w1,w3] [--rounds 5] [--json FILE]`: this SDK against Rerun's own, all
// writing the same values to a file, or sending them to a real server. Every run is a fresh process; the SDKs take turns, so that a busy machine is busy
// for all of them. Rates of different runs of this program cannot be compared: its ratios can.
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt } from "../tools/lib/install.mjs";
import { ensureRerun } from "../tools/lib/python.mjs";
import { isCi } from "../tools/lib/run.mjs";
import { checkValues } from "./check-values.mjs";
import { formatTable, summarize, toJson } from "./results.mjs";
import { ours, outputFolder, pythonPeer, runPeer } from "./run-peers.mjs";
import { rustPeer } from "./rust-peer.mjs";
import { startServer } from "../tools/lib/rerun-server.mjs";
import { WORKLOADS } from "./workloads.mjs";

const FULL_ROUNDS = 5;
const QUICK_ROUNDS = 2;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rust: { type: "boolean", default: false },
    only: { type: "string" },
    rounds: { type: "string" },
    json: { type: "string" },
  },
});
const size = options.quick ? "quick" : "full";
const rounds = Number(options.rounds ?? (options.quick ? QUICK_ROUNDS : FULL_ROUNDS));

await ensureBuilt();
const rerun = await ensureRerun();
const peers = [ours];
if ("missing" in rerun) console.log(`There is no ratio to the Python SDK: ${rerun.missing}`);
else peers.push(pythonPeer(rerun.python));
if (options.rust) {
  const rust = await rustPeer();
  if ("missing" in rust) console.log(`There is no ratio to the Rust SDK: ${rust.missing}`);
  else peers.push(rust);
}

const results = [];
for (const workload of chosenWorkloads()) results.push(await measure(workload));
console.log(`\n${formatTable(results)}\n`);
console.log(
  `Best of ${rounds}. Ratios above 1× speak for rerun-ts; MB: ours / Python; peak memory of the whole process.`,
);
if (options.json !== undefined) await writeFile(options.json, toJson(results));
if ("missing" in rerun && isCi) process.exit(1);

function chosenWorkloads() {
  // Without Rerun there is no server to send to.
  const possible = WORKLOADS.filter(({ toServer }) => toServer !== true || !("missing" in rerun));
  const names = options.only?.split(",") ?? possible.map(({ name }) => name);
  return names.map((name) => {
    const workload = possible.find((candidate) => candidate.name === name);
    if (workload !== undefined) return workload;
    console.error(`There is no workload ${name}; there are ${possible.map((known) => known.name).join(", ")}`);
    process.exit(1);
  });
}

async function measure(workload) {
  const { name, title, calls } = workload;
  process.stdout.write(`${name} ${title}: `);
  if (!("missing" in rerun) && calls.check !== undefined) {
    for (const peer of peers.slice(1)) await checkValues(workload, peer, rerun);
    process.stdout.write("values equal, ");
  }
  const runs = new Map(peersOf(workload).map((peer) => [peer.name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const peer of peersOf(workload)) {
      runs.get(peer.name).push(await runOnce(workload, peer));
    }
    process.stdout.write(".");
  }
  process.stdout.write("\n");
  return summarize(workload, runs);
}

/** The Rust programs only write files. */
function peersOf({ toServer }) {
  return toServer === true ? peers.filter(({ name }) => name !== "Rust") : peers;
}

async function runOnce({ name, program = name, calls, toServer }, peer) {
  if (toServer === true) {
    const server = await startServer(rerun.rerun);
    try {
      return await runPeer(peer, program, calls[size], server.url);
    } finally {
      await server.stop();
    }
  }
  const file = join(outputFolder, `${name}.rrd`);
  const run = await runPeer(peer, program, calls[size], file);
  await rm(file, { force: true });
  return run;
}
