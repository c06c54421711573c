// `npm run bench [-- --quick] [--rust] [--only w1,w3] [--rounds 5] [--json FILE]`: this SDK against Rerun's own, all
// writing the same values to a file, or sending them to a real server; this one also from pages in Chromium. Every run is
// a fresh process; the SDKs take turns, so that a busy machine is busy for all of them. Rates of different runs of this program cannot be compared: its ratios can.
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromiumPath } from "../tools/lib/chromium.mjs";
import { ensureBuilt } from "../tools/lib/install.mjs";
import { ensureRerun } from "../tools/lib/python.mjs";
import { isCi } from "../tools/lib/run.mjs";
import { checkValues } from "./check-values.mjs";
import { formatMainThread, measureMainThread } from "./main-thread.mjs";
import { formatTable, summarize, toJson } from "./results.mjs";
import { ours, oursInPage, outputFolder, pythonPeer, runPeer } from "./run-peers.mjs";
import { formatRelay, measureRelay } from "./relay.mjs";
import { rustPeer } from "./rust-peer.mjs";
import { startServer } from "../tools/lib/rerun-server.mjs";
import { WORKLOADS } from "./workloads.mjs";

const FULL_ROUNDS = 5;
const QUICK_ROUNDS = 2;
/** What is measured of pages beside the workloads. */
const MAIN_THREAD = "main-thread";
/** And of servers. */
const RELAY = "relay";
const RELAY_ROUNDS = { full: 3, quick: 1 };

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

const hasChromium = chromiumPath() !== undefined;
if (!hasChromium) console.log("Nothing is measured in pages: Chromium is not there");

const results = [];
for (const workload of chosenWorkloads()) results.push(await measure(workload));
const mainThread = wants(MAIN_THREAD) && hasChromium ? await measureMainThread(rerun.rerun, size) : undefined;
const relay = wants(RELAY) && !("missing" in rerun) ? await measureRelay(rerun.rerun, RELAY_ROUNDS[size]) : undefined;
if (results.length > 0) console.log(`\n${formatTable(results)}\n`);
if (mainThread !== undefined) console.log(`${formatMainThread(mainThread)}\n`);
if (relay !== undefined) console.log(`${formatRelay(relay)}\n`);
console.log(
  `Best of ${rounds}. Ratios above 1× speak for rerun-ts; MB: ours / Python; peak memory of the whole process.`,
);
if (options.json !== undefined) await writeFile(options.json, toJson(results, mainThread, relay));
if (("missing" in rerun || !hasChromium) && isCi) process.exit(1);

function chosenWorkloads() {
  // Without Rerun there is no server to send to.
  const possible = WORKLOADS.filter(
    ({ toServer, inPage }) => (toServer !== true || !("missing" in rerun)) && (inPage !== true || hasChromium),
  );
  if (options.only === undefined) return possible.filter(({ calls }) => calls[size] !== undefined);
  const names = options.only.split(",").filter((name) => name !== MAIN_THREAD && name !== RELAY);
  return names.map((name) => {
    const workload = possible.find((candidate) => candidate.name === name);
    if (workload !== undefined) return workload;
    console.error(
      `There is no workload ${name}; there are ${[...possible.map((known) => known.name), MAIN_THREAD, RELAY].join(", ")}`,
    );
    process.exit(1);
  });
}

function wants(name) {
  return options.only === undefined || options.only.split(",").includes(name);
}

async function measure(workload) {
  const { name, title, calls } = workload;
  process.stdout.write(`${name} ${title}: `);
  if (!("missing" in rerun) && calls.check !== undefined) {
    for (const peer of peersOf(workload).slice(1)) await checkValues(workload, peer, rerun);
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
function peersOf({ toServer, inPage }) {
  const able = toServer || inPage ? peers.filter(({ name }) => name !== "Rust") : peers;
  return inPage ? able.map((peer) => (peer === ours ? oursInPage : peer)) : able;
}

async function runOnce({ name, program = name, calls, toServer, inPage }, peer) {
  const count = calls[size] ?? calls.full;
  if (toServer === true) {
    const server = await startServer(rerun.rerun);
    try {
      return await runPeer(peer, program, count, server.url);
    } finally {
      await server.stop();
    }
  }
  const file = join(outputFolder, `${name}.rrd`);
  const run = await runPeer(peer, program, count, inPage ? `memory:${file}` : file);
  await rm(file, { force: true });
  return run;
}
