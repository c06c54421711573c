// Reads from a relay: `readers <port> <readers> <stuck readers> <messages> <timed: 1 or 0> <timeout in ms>`.
// Prints "ready", and at the end when the last reader had everything and the latency of the messages.
import { once } from "node:events";
import { connect, type ClientHttp2Stream } from "node:http2";
import { SERVICE, TIME_FROM_END } from "./messages.ts";

/** What the program prints. */
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

const [port = 0, readers = 0, stuck = 0, count = 0, timed = 0, timeoutMs = 0] = process.argv.slice(2).map(Number);
const WINDOW_BYTES = 4 * 1024 * 1024;
const PREFIX_BYTES = 5;
/** The part of the timed messages that is not counted, because the programs warm up. */
const WARM_UP = 0.25;
const latencies: number[] = [];

/** Counts messages, wherever the stream is cut. */
class Reader {
  got = 0;
  /** When it had everything. */
  ended: bigint | undefined;
  #rest: Buffer = Buffer.alloc(0);
  /** How much of a message is yet to come whose beginning is known. */
  #skip = 0;

  read(piece: Buffer): void {
    let at = timed === 0 ? this.#skipRest(piece) : 0;
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    this.#rest = this.#rest.subarray(0, 0);
    while (at < bytes.length) {
      const left = bytes.length - at;
      const size = left < PREFIX_BYTES ? Infinity : PREFIX_BYTES + bytes.readUInt32BE(at + 1);
      if (size <= left) {
        if (timed === 1 && this.got >= count * WARM_UP) {
          latencies.push(Number(process.hrtime.bigint() - bytes.readBigInt64LE(at + size - TIME_FROM_END)));
        }
        this.got++;
        at += size;
      } else if (timed === 0 && left >= PREFIX_BYTES) {
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

for (let index = 0; index < stuck; index++) (await open()).pause();
const all = await Promise.all(Array.from({ length: readers }, startReader));
console.log("ready");
const timer = setTimeout(finish, timeoutMs);
await Promise.all(all.map(({ done }) => done));
clearTimeout(timer);
finish();

function finish(): never {
  const ends = all.map(({ reader }) => reader.ended).filter((ended) => ended !== undefined);
  const lastEnd = ends.reduce((latest, ended) => (ended > latest ? ended : latest), 0n);
  latencies.sort((a, b) => a - b);
  const report: ReadersReport = {
    complete: ends.length === readers,
    got: Math.min(...all.map(({ reader }) => reader.got)),
    lastEnd: String(lastEnd),
    p50: percentile(0.5),
    p99: percentile(0.99),
  };
  console.log(JSON.stringify(report));
  process.exit(0);
}

/** The latency that this part of the messages did not exceed, in milliseconds. */
function percentile(part: number): number | undefined {
  const nanoseconds = latencies[Math.floor((latencies.length - 1) * part)];
  return nanoseconds === undefined ? undefined : nanoseconds / 1e6;
}

async function open(): Promise<ClientHttp2Stream> {
  const session = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: WINDOW_BYTES } });
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

async function startReader(): Promise<{ readonly reader: Reader; readonly done: Promise<void> }> {
  const call = await open();
  const reader = new Reader();
  const done = new Promise<void>((resolve) => {
    call.on("data", (piece: Buffer) => {
      reader.read(piece);
      if (reader.ended !== undefined) resolve();
    });
    call.on("close", () => resolve());
  });
  return { reader, done };
}
