// Writes messages to relays with one call, once for each line of standard input: JSON of `WriterCommand`. For each it
// prints when it began and when the call was answered.
import { once } from "node:events";
import { connect, type ClientHttp2Stream } from "node:http2";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { SERVICE, TIME_FROM_END, frameOf } from "./messages.ts";

/** The command for the program. */
export interface WriterCommand {
  readonly port: number;
  readonly count: number;
  readonly bytes: number;
  /** Messages a second, or 0 for no pauses. */
  readonly rate: number;
}

/** The output of the program, with times in nanoseconds. */
export interface WriterReport {
  readonly began: string;
  readonly ended: string;
  /** gRPC's status, or `cut`. */
  readonly status: string;
}

const BATCH_BYTES = 256 * 1024;
const TICK_MS = 2;

for await (const line of createInterface({ input: process.stdin })) {
  const report = await write(JSON.parse(line) as WriterCommand);
  console.log(JSON.stringify(report));
}

async function write({ port, count, bytes, rate }: WriterCommand): Promise<WriterReport> {
  const frames = Array.from({ length: count }, () => frameOf(bytes));
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
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
    call.on("error", () => {});
    call.on("close", () => resolve("cut"));
  });
  call.on("data", () => {});
  const began = process.hrtime.bigint();
  if (rate === 0) await writeAll(call, frames);
  else await writePaced(call, frames, began, rate);
  call.end();
  const answer = String(await status);
  session.destroy();
  return { began: String(began), ended: String(process.hrtime.bigint()), status: answer };
}

async function writeAll(call: ClientHttp2Stream, frames: readonly Buffer[]): Promise<void> {
  const perBatch = Math.max(1, Math.floor(BATCH_BYTES / (frames[0]?.length ?? 1)));
  for (let at = 0; at < frames.length; at += perBatch) {
    if (!call.write(Buffer.concat(frames.slice(at, at + perBatch)))) await once(call, "drain");
  }
}

async function writePaced(
  call: ClientHttp2Stream,
  frames: readonly Buffer[],
  began: bigint,
  rate: number,
): Promise<void> {
  for (let sent = 0; sent < frames.length; await setTimeout(TICK_MS)) {
    const due = Math.min(frames.length, Math.floor((Number(process.hrtime.bigint() - began) / 1e9) * rate));
    for (; sent < due; sent++) {
      const frame = frames[sent] as Buffer;
      frame.writeBigInt64LE(process.hrtime.bigint(), frame.length - TIME_FROM_END);
      call.write(frame);
    }
  }
}
