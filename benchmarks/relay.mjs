import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort, startServer } from "../tools/lib/rerun-server.mjs";
import { root } from "../tools/lib/run.mjs";

const FOLDER = join(root, "benchmarks/relay");
/** How long readers wait for what does not come. */
const PATIENCE_MS = 20_000;
/** In how many messages a second latency is measured, and for how long. */
const PACE = 1000;
const PACED_SECONDS = 4;
/** What a server has passed on before: programs that run for long are measured, not those that have just begun. */
const WARM_UP = [
  { readers: 1, count: 30_000, rate: 0 },
  { readers: 5, count: 12_000, rate: 4000 },
];
const SMALL_BYTES = 1000;
const LARGE_BYTES = 1_000_000;

/**
 * What is measured: how many readers there are, one of them stuck or not, and how many messages are written all at once.
 * @typedef {{ readers: number, stuck: number, small: number, large: number }} Crowd
 */

/** @type {readonly Crowd[]} */
const CROWDS = [
  { readers: 1, stuck: 0, small: 200_000, large: 400 },
  { readers: 10, stuck: 0, small: 40_000, large: 80 },
  { readers: 50, stuck: 0, small: 10_000, large: 24 },
  { readers: 10, stuck: 1, small: 40_000, large: 300 },
];

/**
 * A relay of this SDK beside the real `rerun --serve-grpc`, both in processes of their own, with the same writer and the same
 * readers; they take turns. Returns the best of all rounds.
 */
export async function measureRelay(rerun, rounds) {
  // Without history where latency is measured: readers get what comes, not what came to warm the server up.
  const noHistory = ["--server-memory-limit", "0"];
  const servers = {
    ours: (keeps) => startOurs(keeps ? [] : ["0"]),
    rerun: (keeps) => startServer(rerun, undefined, keeps ? [] : noHistory),
  };
  const results = [];
  for (const crowd of CROWDS) {
    process.stdout.write(`relay, ${describe(crowd)}: `);
    const runs = { ours: [], rerun: [] };
    for (let round = 0; round < rounds; round++) {
      for (const [name, start] of Object.entries(servers)) {
        runs[name].push({
          small: await burst(start, crowd, crowd.small, SMALL_BYTES),
          large: await burst(start, crowd, crowd.large, LARGE_BYTES),
          ...(await paced(start, crowd)),
        });
        process.stdout.write(".");
      }
    }
    process.stdout.write("\n");
    results.push({ ...crowd, ours: bestOf(runs.ours), rerun: bestOf(runs.rerun) });
  }
  return results;
}

/** The results as a table for people. */
export function formatRelay(results) {
  const rows = [
    ["readers", "1 kB, msg/s", "÷ rerun", "1 MB, MB/s", "÷ rerun", "p50 ms", "p99 ms", "rerun p50", "rerun p99"],
    ...results.map((result) => {
      const { ours, rerun } = result;
      return [
        describe(result),
        number(ours.small),
        ratio(ours.small, rerun.small),
        number(ours.large),
        ratio(ours.large, rerun.large),
        ...[ours.p50, ours.p99, rerun.p50, rerun.p99].map((ms) => ms?.toFixed(1) ?? "stalls"),
      ];
    }),
  ];
  const widths = rows[0].map((_, index) => Math.max(...rows.map((row) => row[index].length)));
  return rows.map((row) => row.map((cell, index) => cell.padStart(widths[index])).join("  ")).join("\n");
}

function describe({ readers, stuck }) {
  return stuck === 0 ? String(readers) : `${readers} and a stuck one`;
}

/** The best rates and latencies; what no run got to the end of is absent. */
function bestOf(runs) {
  const all = (name) => runs.map((one) => one[name]).filter((value) => value !== undefined);
  const max = (values) => (values.length === 0 ? undefined : Math.max(...values));
  const min = (values) => (values.length === 0 ? undefined : Math.min(...values));
  return { small: max(all("small")), large: max(all("large")), p50: min(all("p50")), p99: min(all("p99")) };
}

/** Writes all at once. Returns how much a second went from the writer to the last reader, or nothing if not all got it. */
async function burst(start, crowd, count, bytes) {
  const server = await start(true);
  const { reading, writing } = await measure(server, { ...crowd, count, bytes, rate: 0 }).finally(() => server.stop());
  if (!reading.complete) return undefined;
  const seconds = Number(BigInt(reading.lastEnd) - BigInt(writing.began)) / 1e9;
  return bytes === SMALL_BYTES ? count / seconds : (count * bytes) / 1e6 / seconds;
}

/** How late messages are that come at a steady pace. */
async function paced(start, crowd) {
  const server = await start(false);
  try {
    for (const load of WARM_UP) await measure(server, { stuck: 0, bytes: SMALL_BYTES, ...load });
    const load = { count: PACE * PACED_SECONDS, bytes: SMALL_BYTES, rate: PACE };
    const { reading } = await measure(server, { ...crowd, ...load });
    return reading.complete ? { p50: reading.p50, p99: reading.p99 } : {};
  } finally {
    await server.stop();
  }
}

async function measure(server, { readers, stuck, count, bytes, rate }) {
  const timed = rate === 0 ? 0 : 1;
  const reader = run("readers.mjs", [server.port, readers, stuck, count, timed, PATIENCE_MS]);
  let writer;
  try {
    await reader.line();
    writer = run("writer.mjs", [server.port, count, bytes, rate]);
    // Who writes into a server that stalls does not come to an end.
    const reading = JSON.parse(await reader.line());
    const writing = reading.complete ? JSON.parse(await writer.line()) : undefined;
    return { reading, writing };
  } finally {
    reader.end();
    writer?.end();
  }
}

async function startOurs(args) {
  const port = await freePort();
  const server = run("server.mjs", [port, ...args]);
  await server.line();
  return { port, stop: async () => server.end() };
}

/** Starts one of the programs beside. */
function run(name, args) {
  const child = spawn(process.execPath, [join(FOLDER, name), ...args.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async line() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} ended without an answer (${(await once(child, "exit"))[0]})`);
      return value;
    },
    end: () => child.kill("SIGKILL"),
  };
}

function number(value) {
  return value === undefined ? "stalls" : Math.round(value).toLocaleString("en");
}

function ratio(a, b) {
  if (a === undefined) return "–";
  return b === undefined ? "it stalls" : `${(a / b).toFixed(2)}×`;
}
