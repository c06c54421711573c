import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { compiledPath } from "./compile-programs.ts";
import type { ReadersReport } from "./relay/readers.ts";
import type { WriterReport } from "./relay/writer.ts";
import { alignTable } from "./table.ts";

/** How long readers wait for messages that do not arrive. */
const TIMEOUT_MS = 20_000;
/** At how many messages a second latency is measured, and for how long. */
const PACE = 1000;
const PACED_SECONDS = 4;
/** What a server forwards before it is measured: a server that has just started still compiles its code. */
const WARM_UP = [
  { readers: 1, count: 30_000, rate: 0 },
  { readers: 5, count: 12_000, rate: 4000 },
];
const SMALL_BYTES = 1000;
const LARGE_BYTES = 1_000_000;

/** What is measured: with how many readers, stuck ones besides, and how many messages written all at once. */
interface Crowd {
  readonly readers: number;
  readonly stuck: number;
  readonly small: number;
  readonly large: number;
}

const CROWDS: readonly Crowd[] = [
  { readers: 1, stuck: 0, small: 200_000, large: 400 },
  { readers: 10, stuck: 0, small: 40_000, large: 80 },
  { readers: 50, stuck: 0, small: 10_000, large: 24 },
  { readers: 10, stuck: 1, small: 40_000, large: 300 },
];

/** A server that is measured. */
export interface Server {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a server, with a history or without. */
type StartServer = (hasHistory: boolean) => Promise<Server>;

/** What was measured of a server; what no run completed is `undefined`. */
interface Measured {
  /** Messages of 1 kB a second. */
  readonly small?: number | undefined;
  /** MB a second, in messages of 1 MB. */
  readonly large?: number | undefined;
  /** Latency in milliseconds. */
  readonly p50?: number | undefined;
  readonly p99?: number | undefined;
}

/** What was measured of both servers. */
export interface RelayResult extends Crowd {
  readonly ours: Measured;
  readonly rerun: Measured;
}

/** What is written to a server and read from it. */
interface Load {
  readonly readers: number;
  readonly stuck: number;
  readonly count: number;
  readonly bytes: number;
  /** Messages a second, or 0 for all at once. */
  readonly rate: number;
}

/**
 * Measures a relay of this SDK beside the real `rerun --serve-grpc`, both in their own processes, with the same writer
 * and the same readers; they take turns. Returns the best of all rounds.
 */
export async function measureRelay(rerun: string, rounds: number): Promise<readonly RelayResult[]> {
  // Without history where latency is measured, so that readers do not get the messages of the warm-up.
  const startOurs: StartServer = (hasHistory) => startRelay(hasHistory ? [] : ["0"]);
  const startRerun: StartServer = (hasHistory) =>
    RealServer.start(rerun, undefined, hasHistory ? [] : ["--server-memory-limit", "0"]);
  const results: RelayResult[] = [];
  for (const crowd of CROWDS) {
    process.stdout.write(`relay, ${describe(crowd)}: `);
    const ours: Measured[] = [];
    const theirs: Measured[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(await measureServer(startOurs, crowd));
      theirs.push(await measureServer(startRerun, crowd));
    }
    process.stdout.write("\n");
    results.push({ ...crowd, ours: bestOf(ours), rerun: bestOf(theirs) });
  }
  return results;
}

/** Formats the results for a console. */
export function formatRelay(results: readonly RelayResult[]): string {
  const head = ["readers", "1 kB, msg/s", "÷ rerun", "1 MB, MB/s", "÷ rerun", "p50 ms", "p99 ms"];
  const rows = results.map((result) => {
    const { ours, rerun } = result;
    const rates = [rate(ours.small), ratio(ours.small, rerun.small), rate(ours.large), ratio(ours.large, rerun.large)];
    const latencies = [ours.p50, ours.p99, rerun.p50, rerun.p99].map((ms) => ms?.toFixed(1) ?? "stalls");
    return [describe(result), ...rates, ...latencies];
  });
  return alignTable([[...head, "rerun p50", "rerun p99"], ...rows]);
}

function describe({ readers, stuck }: Crowd): string {
  return stuck === 0 ? String(readers) : `${readers} and a stuck one`;
}

async function measureServer(start: StartServer, crowd: Crowd): Promise<Measured> {
  const measured = {
    small: await measureRate(start, { ...crowd, count: crowd.small, bytes: SMALL_BYTES, rate: 0 }),
    large: await measureRate(start, { ...crowd, count: crowd.large, bytes: LARGE_BYTES, rate: 0 }),
    ...(await measureLatency(start, crowd)),
  };
  process.stdout.write(".");
  return measured;
}

/** The highest rates and the lowest latencies. */
function bestOf(runs: readonly Measured[]): Measured {
  const valuesOf = (name: keyof Measured): number[] =>
    runs.map((run) => run[name]).filter((value) => value !== undefined);
  const max = (values: readonly number[]): number | undefined =>
    values.length === 0 ? undefined : Math.max(...values);
  const min = (values: readonly number[]): number | undefined =>
    values.length === 0 ? undefined : Math.min(...values);
  return {
    small: max(valuesOf("small")),
    large: max(valuesOf("large")),
    p50: min(valuesOf("p50")),
    p99: min(valuesOf("p99")),
  };
}

/** Writes all messages at once. Returns the rate from the writer to the last reader, if all readers got everything. */
async function measureRate(start: StartServer, load: Load): Promise<number | undefined> {
  const { reading, writing } = await exchangeAndStop(await start(true), load);
  if (!reading.complete || writing === undefined) return undefined;
  const seconds = Number(BigInt(reading.lastEnd) - BigInt(writing.began)) / 1e9;
  return load.bytes === SMALL_BYTES ? load.count / seconds : (load.count * load.bytes) / 1e6 / seconds;
}

async function exchangeAndStop(server: Server, load: Load): ReturnType<typeof exchange> {
  try {
    return await exchange(server, load);
  } finally {
    await server.stop();
  }
}

/** Measures the latency of messages that are written at a steady pace. */
async function measureLatency(start: StartServer, { readers, stuck }: Crowd): Promise<Measured> {
  const server = await start(false);
  try {
    for (const load of WARM_UP) await exchange(server, { stuck: 0, bytes: SMALL_BYTES, ...load });
    const load = { readers, stuck, count: PACE * PACED_SECONDS, bytes: SMALL_BYTES, rate: PACE };
    const { complete, p50, p99 } = (await exchange(server, load)).reading;
    return complete ? { p50, p99 } : {};
  } finally {
    await server.stop();
  }
}

/** Writes to a server and reads from it. */
async function exchange(
  { port }: Server,
  { readers, stuck, count, bytes, rate: pace }: Load,
): Promise<{ readonly reading: ReadersReport; readonly writing: WriterReport | undefined }> {
  const isTimed = pace === 0 ? 0 : 1;
  const reader = startProgram("readers", [port, readers, stuck, count, isTimed, TIMEOUT_MS]);
  let writer: RelayProgram | undefined;
  try {
    await reader.line();
    writer = startProgram("writer", [port, count, bytes, pace]);
    const reading = JSON.parse(await reader.line()) as ReadersReport;
    // A writer does not get to the end if the server stalls.
    const writing = reading.complete ? (JSON.parse(await writer.line()) as WriterReport) : undefined;
    return { reading, writing };
  } finally {
    reader.end();
    writer?.end();
  }
}

/** Starts a relay of this SDK in a separate process. */
export async function startRelay(args: readonly string[] = []): Promise<Server> {
  const port = await freePort();
  const server = startProgram("server", [port, ...args]);
  await server.line();
  return { port, stop: async () => server.end() };
}

/** One of the programs in relay/. */
interface RelayProgram {
  /** The next line that it prints. */
  line(this: void): Promise<string>;
  end(this: void): void;
}

function startProgram(name: string, args: readonly (string | number)[]): RelayProgram {
  const program = compiledPath(`relay/${name}.ts`);
  const child = spawn(process.execPath, [program, ...args.map(String)], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async line() {
      const next = await lines.next();
      if (next.done !== true) return next.value;
      throw new Error(`${name} ended without an answer (${String((await once(child, "exit"))[0])})`);
    },
    end: () => void child.kill("SIGKILL"),
  };
}

function rate(value: number | undefined): string {
  return value === undefined ? "stalls" : Math.round(value).toLocaleString("en");
}

function ratio(a: number | undefined, b: number | undefined): string {
  if (a === undefined) return "–";
  return b === undefined ? "it stalls" : `${(a / b).toFixed(2)}×`;
}
