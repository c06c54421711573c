// A fleet on one machine: twenty robots and two pages, object storage, NATS, an ingester, a catalog and a live view.
//
//   npm run examples -- fleet
//
// It prints where to look, and runs until Ctrl-C. `--exit` ends it after a round of the robots and a query of the
// catalog, whose result is saved to a FILE that may be given. It needs `nats-server` and `rerun`, and Chromium for the
// pages.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { connectCatalog, type DatasetEntry } from "@rerun-ts/catalog";
import { PartsSink, fsStore } from "@rerun-ts/storage";
import { startIngest } from "@rerun-ts/storage/ingest";
import { NatsSink } from "@rerun-ts/storage/nats";
import * as rr from "@rerun-ts/node";
import { logOverview } from "./overview.ts";
import { servePage } from "./page-server.ts";
import { Programs, freePort } from "./programs.ts";
import { ROUND, logStep } from "./robot.ts";

const DATASET = "fleet";
const ROBOTS = 20;
/** Every fifth robot has no disk: it logs to NATS. */
const WITHOUT_DISK = 5;
const PAGES = 2;
/** The longest time for the last rows of a robot: all programs share one machine. */
const CLOSE_MS = 180_000;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { exit: { type: "boolean" } } });
const STEP_MS = values.exit === true ? 20 : 100;
const ended = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ended.abort());
const folder = await mkdtemp(join(tmpdir(), "rerun-ts-fleet-"));
const data = join(folder, "store");
await mkdir(data);
const store = fsStore(data);
const programs = new Programs();
const [natsPort, livePort, catalogPort] = [await freePort(), await freePort(), await freePort()];
const nats = `nats://127.0.0.1:${natsPort}`;
const proxy = `rerun+http://127.0.0.1:${livePort}/proxy`;
const catalogUrl = `rerun+http://127.0.0.1:${catalogPort}`;
try {
  await startServers();
  // The keeper registers the files of the store, so each part needs its own.
  const bundles = false;
  const onWarning = console.error;
  const ingest = startIngest({ from: nats, to: store, dataset: DATASET, maxSeconds: 2, bundles, onWarning });
  const pages = await servePage(store);
  try {
    await run(openPages(pages.url));
  } finally {
    await ingest.finish();
    await pages.close();
  }
} finally {
  await programs.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Starts NATS, a relay for live data, and the keeper of a catalog. Each of them could be on another machine. */
async function startServers(): Promise<void> {
  const natsArgs = ["-js", "-sd", join(folder, "nats"), "-a", "127.0.0.1", "-p", `${natsPort}`];
  const natsServer = process.env["NATS_SERVER"] ?? "nats-server";
  if (!(await programs.start(natsServer, natsArgs, /Server is ready/)))
    throw new Error("there is no `nats-server`: install it, or set NATS_SERVER to its path");
  const live = ["serve", "--port", `${livePort}`, "--from", nats, "--dataset", DATASET, "--quiet"];
  await programs.rerunTs(live, /^Serving at /);
  const keep = ["catalog", "keep", "--from", data, "--files", data, "--mounted", "--dataset", DATASET];
  await programs.rerunTs([...keep, "--port", `${catalogPort}`, "--interval", "1"], /^Catalog at /);
}

/** Opens pages in a browser, if there is one, and prints where to look. Returns the number of pages. */
function openPages(url: string): number {
  const names = Array.from({ length: PAGES }, (_, page) => `page-${page}`);
  const open = names.filter((name) => programs.openPage(`${url}?name=${name}`, join(folder, name))).length;
  console.log(`Live data:   rerun ${proxy}`);
  console.log(`Recordings:  rerun ${catalogUrl}`);
  console.log(`A query:     rerun-ts catalog query ${catalogUrl} ${DATASET} --index step --contents /battery`);
  console.log(`A page:      ${url}?name=page-${PAGES} (${open} others are open)`);
  return open;
}

/** Lets the robots drive their rounds. */
async function run(openPageCount: number): Promise<void> {
  const fleet = await Promise.all(Array.from({ length: ROBOTS }, (_, robot) => startRobot(robot)));
  for (let step = 0; !ended.signal.aborted && (values.exit !== true || step < ROUND); step++) {
    for (const [robot, rec] of fleet.entries()) logStep(rec, robot, step);
    await sleep(STEP_MS, undefined, { signal: ended.signal }).catch(() => {});
  }
  await Promise.all(fleet.map((rec) => rec.close({ timeoutMs: CLOSE_MS })));
  if (values.exit === true && !ended.signal.aborted) await showOverview(positionals[0], ROBOTS + openPageCount);
}

/** Starts the recording of a robot. Those with a disk upload parts, and show their data live as well. */
async function startRobot(robot: number): Promise<rr.RecordingStream> {
  const rec = new rr.RecordingStream("rerun_ts_fleet", { recordingId: `robot-${robot}` });
  const spool = join(folder, "robots", `${robot}`);
  await rec.setSinks(
    robot % WITHOUT_DISK === 0
      ? [new NatsSink(nats, { dataset: DATASET })]
      : // One process is all robots here: a thread for each of them would take more time than it saves.
        [new PartsSink(store, { dataset: DATASET, spool, maxSeconds: 2 }), new rr.GrpcSink(proxy, { thread: false })],
  );
  return rec;
}

/** Waits for all recordings to be in the catalog, and asks it for all of them. */
async function showOverview(file: string | undefined, recordings: number): Promise<void> {
  using catalog = await connectCatalog(catalogUrl);
  const dataset = await catalog.getDataset(DATASET);
  await untilComplete(dataset, recordings);
  const rec = new rr.RecordingStream("rerun_ts_fleet_overview");
  if (file === undefined) rec.memoryRecording();
  else await rec.save(file);
  const rows = await logOverview(dataset, rec);
  await rec.close();
  const segments = await dataset.segmentIds();
  console.log(`The catalog has ${segments.length} recordings with ${rows} rows.`);
  if (file !== undefined) console.log(`Saved the result of the query to ${file}`);
}

/** Waits until the last step of each robot is in the catalog, and a step of each page. Rejects after four minutes. */
async function untilComplete(dataset: DatasetEntry, recordings: number): Promise<void> {
  const deadline = performance.now() + 240_000;
  for (;;) {
    const ends = new Map<string, number>();
    // With all columns: there is no column of steps before the first robot is there.
    const table = await dataset.segmentTable();
    for (const row of table) ends.set(String(row["rerun_segment_id"]), Number(row["step:end"]));
    const robots = Array.from({ length: ROBOTS }, (_, robot) => `robot-${robot}`);
    const late = robots.filter((robot) => ends.get(robot) !== ROUND - 1);
    if (late.length === 0 && ends.size >= recordings) return;
    if (performance.now() > deadline) {
      const steps = late.map((robot) => `${robot} (${ends.get(robot) ?? "no"} of ${ROUND - 1} steps)`);
      throw new Error(`the catalog has ${ends.size} of ${recordings} recordings, and waits for ${steps.join(", ")}`);
    }
    await sleep(500);
  }
}
