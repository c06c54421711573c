// Writes messages to a relay with one call: `writer <port> <count> <bytes> <messages a second, or 0 for all at once>`.
// Prints when it began and when the call was answered.
import { once } from "node:events";
import { connect } from "node:http2";
import { setTimeout } from "node:timers/promises";
import { SERVICE, TIME_FROM_END, frameOf } from "./messages.ts";

/** What the program prints, with times in nanoseconds. */
export interface WriterReport {
  readonly began: string;
  readonly ended: string;
  /** gRPC's status, or `cut`. */
  readonly status: string;
}

const [port = 0, count = 0, bytes = 0, rate = 0] = process.argv.slice(2).map(Number);
const BATCH_BYTES = 256 * 1024;
const TICK_MS = 2;

const frames = Array.from({ length: count }, () => frameOf(bytes));
const session = connect(`http://127.0.0.1:${port}`);
await once(session, "connect");
const call = session.request({
  ":method": "POST",
  ":path": `${SERVICE}WriteMessages`,
  "content-type": "application/grpc",
  te: "trailers",
});
const status = new Promise<unknown>((resolve) => {
  call.on("response", (headers) => headers["grpc-status"] !== undefined && resolve(headers["grpc-status"]));
  call.on("trailers", (headers: { readonly "grpc-status"?: unknown }) => resolve(headers["grpc-status"]));
  call.on("close", () => resolve("cut"));
});
call.on("data", () => {});
const began = process.hrtime.bigint();
if (rate === 0) await writeAll();
else await writePaced();
call.end();
const answer = String(await status);
const report: WriterReport = { began: String(began), ended: String(process.hrtime.bigint()), status: answer };
console.log(JSON.stringify(report));
session.destroy();

async function writeAll(): Promise<void> {
  const perBatch = Math.max(1, Math.floor(BATCH_BYTES / bytes));
  for (let at = 0; at < count; at += perBatch) {
    if (!call.write(Buffer.concat(frames.slice(at, at + perBatch)))) await once(call, "drain");
  }
}

async function writePaced(): Promise<void> {
  for (let sent = 0; sent < count; await setTimeout(TICK_MS)) {
    const due = Math.min(count, Math.floor((Number(process.hrtime.bigint() - began) / 1e9) * rate));
    for (; sent < due; sent++) {
      const frame = frames[sent] as Buffer;
      frame.writeBigInt64LE(process.hrtime.bigint(), frame.length - TIME_FROM_END);
      call.write(frame);
    }
  }
}
