// Reads from relays, once for each line of standard input: JSON of `ReadersCommand`. For each it prints "ready", and at
// the end when the last reader had everything and the latency of the messages.
import { once } from "node:events";
import { connect, type ClientHttp2Stream } from "node:http2";
import { createInterface } from "node:readline";
import { SERVICE, TIME_FROM_END } from "./messages.ts";

/** The command for the program. */
export interface ReadersCommand {
  readonly port: number;
  readonly readers: number;
  /** How many readers never read, besides. */
  readonly stuck: number;
  /** How many messages each reader gets. */
  readonly count: number;
  /** Whether the messages contain when they were sent. */
  readonly isTimed: boolean;
  /** How long readers wait for messages that do not arrive. */
  readonly timeoutMs: number;
}

/** The output of the program. */
export interface ReadersReport {
  /** Whether all readers got all messages. */
  readonly complete: boolean;
  /** How many messages the slowest reader got. */
  readonly got: number;
  /** When the last reader had everything, in nanoseconds. */
  readonly lastEnd: string;
  /** Latency in milliseconds, if it was measured. */
  readonly p50?: number | undefined;
  readonly p99?: number | undefined;
}

const WINDOW_BYTES = 4 * 1024 * 1024;
const PREFIX_BYTES = 5;

/** Counts messages, at whatever places the stream is cut. */
class Reader {
  got = 0;
  /** When it had everything. */
  ended: bigint | undefined;
  #rest: Buffer = Buffer.alloc(0);
  /** How much of a message is yet to come whose beginning is known. */
  #skip = 0;
  readonly #command: ReadersCommand;
  readonly #latencies: number[];

  constructor(command: ReadersCommand, latencies: number[]) {
    this.#command = command;
    this.#latencies = latencies;
  }

  read(piece: Buffer): void {
    const { count, isTimed } = this.#command;
    let at = isTimed ? 0 : this.#skipRest(piece);
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    this.#rest = this.#rest.subarray(0, 0);
    while (at < bytes.length) {
      const left = bytes.length - at;
      const size = left < PREFIX_BYTES ? Infinity : PREFIX_BYTES + bytes.readUInt32BE(at + 1);
      if (size <= left) {
        if (isTimed) {
          this.#latencies.push(Number(process.hrtime.bigint() - bytes.readBigInt64LE(at + size - TIME_FROM_END)));
        }
        this.got++;
        at += size;
      } else if (!isTimed && left >= PREFIX_BYTES) {
        this.#skip = size - left;
        at = bytes.length;
      } else {
        this.#rest = bytes.subarray(at);
        break;
      }
    }
    if (this.got >= count) this.ended ??= process.hrtime.bigint();
  }

  /** Returns where the next message begins. */
  #skipRest(piece: Buffer): number {
    if (this.#skip === 0) return 0;
    const skipped = Math.min(this.#skip, piece.length);
    this.#skip -= skipped;
    if (this.#skip === 0) this.got++;
    return skipped;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const report = await readAll(JSON.parse(line) as ReadersCommand);
  console.log(JSON.stringify(report));
}

async function readAll(command: ReadersCommand): Promise<ReadersReport> {
  const { port, readers, stuck, timeoutMs } = command;
  const latencies: number[] = [];
  const calls = await Promise.all(Array.from({ length: readers + stuck }, () => open(port)));
  const all = calls.slice(stuck).map((call) => startReader(call, new Reader(command, latencies)));
  for (const call of calls.slice(0, stuck)) call.pause();
  console.log("ready");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
  await Promise.race([Promise.all(all.map(({ done }) => done)), timeout]);
  clearTimeout(timer);
  for (const call of calls) call.session?.destroy();
  const ends = all.map(({ reader }) => reader.ended).filter((ended) => ended !== undefined);
  latencies.sort((a, b) => a - b);
  return {
    complete: ends.length === readers,
    got: Math.min(...all.map(({ reader }) => reader.got)),
    lastEnd: String(ends.reduce((latest, ended) => (ended > latest ? ended : latest), 0n)),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

/** The latency that this part of the messages did not exceed, in milliseconds. */
function percentile(latencies: readonly number[], part: number): number | undefined {
  const nanoseconds = latencies[Math.floor((latencies.length - 1) * part)];
  return nanoseconds === undefined ? undefined : nanoseconds / 1e6;
}

async function open(port: number): Promise<ClientHttp2Stream> {
  const session = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: WINDOW_BYTES } });
  session.on("error", () => {});
  await once(session, "connect");
  session.setLocalWindowSize(WINDOW_BYTES);
  const call = session.request({
    ":method": "POST",
    ":path": `${SERVICE}ReadMessages`,
    "content-type": "application/grpc",
    te: "trailers",
  });
  call.on("error", () => {});
  call.end(Buffer.alloc(PREFIX_BYTES));
  await once(call, "response");
  return call;
}

function startReader(
  call: ClientHttp2Stream,
  reader: Reader,
): { readonly reader: Reader; readonly done: Promise<void> } {
  const done = new Promise<void>((resolve) => {
    call.on("data", (piece: Buffer) => {
      reader.read(piece);
      if (reader.ended !== undefined) resolve();
    });
    call.on("close", () => resolve());
  });
  return { reader, done };
}
