import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { compiledPath } from "./compile-programs.ts";
import type { ReadersCommand, ReadersReport } from "./relay/readers.ts";
import type { WriterCommand, WriterReport } from "./relay/writer.ts";
import { alignTable } from "./table.ts";

/** How long readers wait for messages that do not arrive. */
const TIMEOUT_MS = 20_000;
/** At how many messages a second latency is measured, and for how long. */
const PACE = 1000;
const PACED_SECONDS = 4;
/**
 * The messages that a server forwards before the server and the clients count as warm: at first all of them compile
 * their code.
 */
const WARM_UP = [
  { readers: 1, count: 30_000, rate: 0 },
  { readers: 5, count: 12_000, rate: 4000 },
];
const SMALL_BYTES = 1000;
const LARGE_BYTES = 1_000_000;

/**
 * The conditions of a measurement: the numbers of readers, of stuck readers besides, and of messages that the writer
 * writes all without pauses.
 */
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

/** The measurements of a server; `undefined` stands for a measurement that no run completed. */
interface Measured {
  /** Messages of 1 kB a second. */
  readonly small?: number | undefined;
  /** MB a second, in messages of 1 MB. */
  readonly large?: number | undefined;
  /** Latency of a server that has just started, in milliseconds. */
  readonly startP50?: number | undefined;
  readonly startP99?: number | undefined;
  /** Latency of a server that has forwarded messages before, in milliseconds. */
  readonly p50?: number | undefined;
  readonly p99?: number | undefined;
}

/** The measurements of both servers. */
export interface RelayResult extends Crowd {
  readonly ours: Measured;
  readonly rerun: Measured;
}

/** The load on a server: its readers, and the messages that the writer sends through it. */
interface Load {
  readonly readers: number;
  readonly stuck: number;
  readonly count: number;
  readonly bytes: number;
  /** Messages a second, or 0 for no pauses. */
  readonly rate: number;
}

/** The programs that write and read. They are the same for all servers, and go on from one to the next. */
interface Clients {
  readonly readers: RelayProgram;
  readonly writer: RelayProgram;
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
  const servers: readonly StartServer[] = [startOurs, startRerun];
  const results: RelayResult[] = [];
  const clients: Clients = { readers: startProgram("readers"), writer: startProgram("writer") };
  try {
    for (const start of servers) await useServer(await start(false), (server) => warmUp(clients, server));
    for (const crowd of CROWDS) {
      process.stdout.write(`relay, ${describe(crowd)}: `);
      const measured: Measured[][] = servers.map(() => []);
      for (let round = 0; round < rounds; round++)
        for (const [index, start] of servers.entries())
          measured[index]?.push(await measureServer(clients, start, crowd));
      process.stdout.write("\n");
      const [ours = {}, theirs = {}] = measured.map((runs) => bestOf(runs));
      results.push({ ...crowd, ours, rerun: theirs });
    }
  } finally {
    clients.readers.end();
    clients.writer.end();
  }
  return results;
}

/** Formats the results for a console. */
export function formatRelay(results: readonly RelayResult[]): string {
  const rates = results.map((result) => {
    const { ours, rerun } = result;
    return [
      describe(result),
      rate(ours.small),
      ratio(ours.small, rerun.small),
      rate(ours.large),
      ratio(ours.large, rerun.large),
    ];
  });
  const latencies = results.flatMap((result) =>
    [result.ours, result.rerun].map((measured) => [
      describe(result),
      measured === result.ours ? "rerun-ts" : "rerun",
      ...[measured.startP50, measured.startP99, measured.p50, measured.p99].map((ms) => ms?.toFixed(2) ?? "stalls"),
    ]),
  );
  return [
    alignTable([["readers", "1 kB, msg/s", "÷ rerun", "1 MB, MB/s", "÷ rerun"], ...rates]),
    alignTable([["readers", "", "from its start, p50 ms", "p99 ms", "later, p50 ms", "p99 ms"], ...latencies]),
  ].join("\n\n");
}

function describe({ readers, stuck }: Crowd): string {
  return stuck === 0 ? String(readers) : `${readers} and a stuck one`;
}

async function measureServer(clients: Clients, start: StartServer, crowd: Crowd): Promise<Measured> {
  const measured = {
    small: await measureRate(clients, start, { ...crowd, count: crowd.small, bytes: SMALL_BYTES, rate: 0 }),
    large: await measureRate(clients, start, { ...crowd, count: crowd.large, bytes: LARGE_BYTES, rate: 0 }),
    ...(await measureLatency(clients, start, crowd)),
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
    startP50: min(valuesOf("startP50")),
    startP99: min(valuesOf("startP99")),
    p50: min(valuesOf("p50")),
    p99: min(valuesOf("p99")),
  };
}

/**
 * Writes all messages without pauses. Returns the rate from the writer to the last reader, if all readers got
 * everything.
 */
async function measureRate(clients: Clients, start: StartServer, load: Load): Promise<number | undefined> {
  const { reading, writing } = await useServer(await start(true), (server) => exchange(clients, server, load));
  if (!reading.complete || writing === undefined) return undefined;
  const seconds = Number(BigInt(reading.lastEnd) - BigInt(writing.began)) / 1e9;
  return load.bytes === SMALL_BYTES ? load.count / seconds : (load.count * load.bytes) / 1e6 / seconds;
}

/** Measures the latency of messages that are written at a steady pace: from the start of the server on, and later. */
async function measureLatency(clients: Clients, start: StartServer, { readers, stuck }: Crowd): Promise<Measured> {
  const load = { readers, stuck, count: PACE * PACED_SECONDS, bytes: SMALL_BYTES, rate: PACE };
  return useServer(await start(false), async (server) => {
    const { reading: first } = await exchange(clients, server, load);
    if (!first.complete) return {};
    await warmUp(clients, server);
    const { complete, p50, p99 } = (await exchange(clients, server, load)).reading;
    return { startP50: first.p50, startP99: first.p99, ...(complete && { p50, p99 }) };
  });
}

/** Lets a server and the clients compile their code. */
async function warmUp(clients: Clients, server: Server): Promise<void> {
  for (const load of WARM_UP) await exchange(clients, server, { stuck: 0, bytes: SMALL_BYTES, ...load });
}

async function useServer<T>(server: Server, use: (server: Server) => Promise<T>): Promise<T> {
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

/** Writes to a server and reads from it. */
async function exchange(
  clients: Clients,
  { port }: Server,
  { readers, stuck, count, bytes, rate: pace }: Load,
): Promise<{ readonly reading: ReadersReport; readonly writing: WriterReport | undefined }> {
  const command: ReadersCommand = { port, readers, stuck, count, isTimed: pace > 0, timeoutMs: TIMEOUT_MS };
  clients.readers.send(command);
  await clients.readers.line();
  clients.writer.send({ port, count, bytes, rate: pace } satisfies WriterCommand);
  const reading = JSON.parse(await clients.readers.line()) as ReadersReport;
  // If the server stalls, the readers have left, so that the writer comes to its end.
  const writing = JSON.parse(await clients.writer.line()) as WriterReport;
  return { reading, writing: reading.complete ? writing : undefined };
}

/** Starts a relay of this SDK in a separate process. */
export async function startRelay(args: readonly string[] = []): Promise<Server> {
  const port = await freePort();
  const server = startProgram("server", [String(port), ...args]);
  await server.line();
  return { port, stop: async () => server.end() };
}

interface RelayProgram {
  /** The next line that it prints. */
  line(this: void): Promise<string>;
  /** Sends a command. */
  send(this: void, command: object): void;
  end(this: void): void;
}

function startProgram(name: string, args: readonly string[] = []): RelayProgram {
  const program = compiledPath(`relay/${name}.ts`);
  const child = spawn(process.execPath, [program, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async line() {
      const next = await lines.next();
      if (next.done !== true) return next.value;
      throw new Error(`${name} ended without an answer (${String((await once(child, "exit"))[0])})`);
    },
    send: (command) => void child.stdin.write(`${JSON.stringify(command)}\n`),
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
