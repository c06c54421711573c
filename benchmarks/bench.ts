// `npm run bench [-- --quick] [--rust] [--only w1,w3] [--rounds 5] [--json FILE] [--write]`: compares this SDK with
// Rerun's own. `--write` writes the tables and charts of docs/internals/performance.md.
// `--compare COMMIT` compares it with itself at a commit instead, on Node and in pages, and fails if a workload takes
// more processor time.
// All write the same values to a file or send them to a real server; this one also runs in pages in Chromium. Every run
// is a new process, and the SDKs take turns, so that a busy machine is busy for all of them. Only the ratios can be
// compared between runs of this program, not the rates.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { wholeChromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { ensureRerun, type RealRerun } from "@rerun-ts/test-support/setup/rerun";
import { buildPackages } from "../tools/lib/build-packages.ts";
import { checkValues } from "./check-values.ts";
import { formatCommands, measureCommands } from "./commands.ts";
import { compareWith } from "./compare.ts";
import { compilePrograms } from "./compile-programs.ts";
import { formatCost, measureCost } from "./cost.ts";
import { formatLivePage, measureLivePage } from "./live-page.ts";
import { formatMainThread, measureMainThread } from "./main-thread.ts";
import { deleteRecordings, measureReading } from "./reading.ts";
import { formatPageStart, measurePageStart } from "./page-start.ts";
import { formatRelay, measureRelay } from "./relay.ts";
import { formatRelaySave, measureRelaySave } from "./relay-save.ts";
import { writeReport } from "./report.ts";
import { formatTable, summarize, toJson, type Result } from "./results.ts";
import { bareChromium, own, pythonPeer, rustPeer, type Peer, type PeerRun } from "./run-peers.ts";
import { ownPeerOf, runOnce } from "./run-workload.ts";
import { formatStartRow, measureStartRow } from "./start-row.ts";
import { measureStartUp } from "./start-up.ts";
import { formatViewerPage, measureViewerPage } from "./viewer-page.ts";
import { STORAGE, formatStorage, measureStorage } from "./storage.ts";
import { WORKLOADS, type Workload } from "./workloads.ts";

const ROUNDS = { full: 5, quick: 2 };
const COMPARED_ROUNDS = 9;
const RELAY_ROUNDS = { full: 3, quick: 1 };
/** The names of the measurements besides the workloads. */
const MAIN_THREAD = "main-thread";
const RELAY = "relay";
const RELAY_SAVE = "relay-save";
const COST = "cost";
const COMMANDS = "commands";
const PAGE_START = "page-start";
const START_ROW = "start-row";
const LIVE_PAGE = "live-page";
const VIEWER_PAGE = "viewer-page";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rust: { type: "boolean", default: false },
    only: { type: "string" },
    rounds: { type: "string" },
    json: { type: "string" },
    write: { type: "boolean", default: false },
    compare: { type: "string" },
  },
});
const size = options.quick ? "quick" : "full";
const rounds = Number(options.rounds ?? ROUNDS[size]);
const only = options.only?.split(",");

await buildPackages();
await compilePrograms();
const rerun = await findRerun();
const hasChromium = wholeChromiumPath() !== undefined;
if (!hasChromium) {
  const needed = "Chromium or Chrome with its windows, not the headless shell; CHROMIUM may name its path";
  console.log(`Nothing is measured in pages: this takes ${needed}`);
}
if (options.compare !== undefined) {
  // Catalogs are left out: most of their time is that of the server.
  const workloads = chosenWorkloads(
    possibleWorkloads().filter(({ ofCatalog }) => ofCatalog !== true),
    [RELAY_SAVE],
  );
  const savesRelay = isWanted(RELAY_SAVE);
  const isPassed = await compareWith(options.compare, {
    workloads,
    savesRelay,
    size,
    rounds: Number(options.rounds ?? COMPARED_ROUNDS),
    rerun: rerun?.rerun,
  });
  await deleteRecordings();
  process.exit(isPassed ? 0 : 1);
}
const peers = await findPeers();

const results: Result[] = [];
for (const workload of chosenWorkloads(possibleWorkloads(), [
  MAIN_THREAD,
  PAGE_START,
  START_ROW,
  LIVE_PAGE,
  VIEWER_PAGE,
  RELAY,
  RELAY_SAVE,
  COST,
  COMMANDS,
  ...STORAGE,
]))
  results.push(await measure(workload));
const mainThread = isWanted(MAIN_THREAD) && hasChromium ? await measureMainThread(rerun?.rerun, size) : undefined;
const pageStart = isWanted(PAGE_START) && hasChromium ? await measurePageStart(size) : undefined;
const startRow = isWanted(START_ROW) ? await measureStartRow(size) : undefined;
const livePage = isWanted(LIVE_PAGE) && hasChromium ? await measureLivePage(size) : undefined;
const viewerPage = isWanted(VIEWER_PAGE) && hasChromium ? await measureViewerPage(size) : undefined;
const relay = isWanted(RELAY) && rerun !== undefined ? await measureRelay(rerun.rerun, RELAY_ROUNDS[size]) : undefined;
const relaySave = isWanted(RELAY_SAVE) ? await measureRelaySave(RELAY_ROUNDS[size], size) : undefined;
const storage = STORAGE.some(isWanted) ? await measureStorage(isWanted, rerun, RELAY_ROUNDS[size], size) : undefined;
const commands = isWanted(COMMANDS) && rerun !== undefined ? await measureCommands(rerun, rounds, size) : undefined;
const costs = isWanted(COST) && size === "full" ? await measureCost(rounds) : undefined;
await deleteRecordings();
if (results.length > 0) console.log(`\n${formatTable(results)}\n`);
if (mainThread !== undefined) console.log(`${formatMainThread(mainThread)}\n`);
if (pageStart !== undefined) console.log(`${formatPageStart(pageStart)}\n`);
if (startRow !== undefined) console.log(`${formatStartRow(startRow)}\n`);
if (livePage !== undefined) console.log(`${formatLivePage(livePage)}\n`);
if (viewerPage !== undefined) console.log(`${formatViewerPage(viewerPage)}\n`);
if (relay !== undefined) console.log(`${formatRelay(relay)}\n`);
if (relaySave !== undefined) console.log(`${formatRelaySave(relaySave)}\n`);
if (storage !== undefined) console.log(`${formatStorage(storage)}\n`);
if (commands !== undefined) console.log(`${formatCommands(commands)}\n`);
if (costs !== undefined) console.log(`${formatCost(costs)}\n`);
if (results.length > 0)
  console.log(
    `Best of ${rounds}. Ratios above 1× are in favour of rerun-ts; MB: ours / Python; peak memory of the whole process.`,
  );
if (options.json !== undefined)
  await writeFile(
    options.json,
    toJson(results, {
      mainThread,
      pageStart,
      startRow,
      livePage,
      viewerPage,
      relay,
      relaySave,
      storage,
      commands,
      costs,
    }),
  );
if (options.write) await writeReport(results, costs);
process.exit((rerun === undefined || !hasChromium) && isCi ? 1 : 0);

async function findRerun(): Promise<RealRerun | undefined> {
  const found = await ensureRerun();
  if (!("missing" in found)) return found;
  console.log(`There is no ratio to the Python SDK: ${found.missing}`);
  return undefined;
}

async function findPeers(): Promise<readonly Peer[]> {
  const found = [own.onNode];
  if (rerun !== undefined) found.push(pythonPeer(rerun.python));
  if (!options.rust) return found;
  const rust = await rustPeer();
  if ("missing" in rust) console.log(`There is no ratio to the Rust SDK: ${rust.missing}`);
  else found.push(rust);
  return found;
}

function isWanted(name: string): boolean {
  return only === undefined || only.includes(name);
}

function possibleWorkloads(): readonly Workload[] {
  return WORKLOADS.filter(
    ({ toServer, inPage }) => (toServer !== true || rerun !== undefined) && (inPage !== true || hasChromium),
  );
}

/** Returns the workloads that the user has asked for. The user may also name one of `others`. */
function chosenWorkloads(possible: readonly Workload[], others: readonly string[] = []): readonly Workload[] {
  if (only === undefined) return possible.filter(({ calls }) => calls[size] !== undefined);
  const known = [...possible.map(({ name }) => name), ...others];
  const unknown = only.find((name) => !known.includes(name));
  if (unknown === undefined) return possible.filter(({ name }) => only.includes(name));
  console.error(`There is no workload ${unknown}. The workloads are: ${known.join(", ")}.`);
  process.exit(1);
}

async function measure(workload: Workload): Promise<Result> {
  const { name, title, calls } = workload;
  if (workload.readsSteps !== undefined) {
    process.stdout.write(`${name} ${title}: `);
    return summarize(workload, await measureReading(workload, size, rounds, rerun?.python));
  }
  if (workload.isProcess === true) {
    process.stdout.write(`${name} ${title}: `);
    return summarize(workload, await measureStartUp(rounds, rerun?.python));
  }
  const able = peersOf(workload);
  process.stdout.write(`${name} ${title}: `);
  if (rerun !== undefined && calls.check !== undefined) {
    for (const peer of able.slice(1)) await checkValues(workload, calls.check, peer, rerun);
    process.stdout.write("values equal, ");
  }
  const runs = new Map<string, PeerRun[]>(able.map((peer) => [peer.name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const peer of able) runs.get(peer.name)?.push(await runOnce(workload, peer, { size, rerun: rerun?.rerun }));
    process.stdout.write(".");
  }
  process.stdout.write("\n");
  return summarize(workload, runs);
}

/** The peers that can run a workload, this SDK first. The Rust programs only write files. */
function peersOf(workload: Workload): readonly Peer[] {
  const { toServer = false, toRelay = false, inPage = false, besidePlatform = false } = workload;
  const able = toServer || toRelay || inPage ? peers.filter(({ name }) => name !== "Rust") : peers;
  const inTurns = able.map((peer) => (peer === own.onNode ? ownPeerOf(workload, own) : peer));
  return besidePlatform ? [...inTurns, bareChromium] : inTurns;
}
