import { isSoak } from "@rerun-ts/test-support/node/environment";
import { randomBytes } from "node:crypto";
import { GrpcWebSink } from "@rerun-ts/core";
import type { Sink } from "@rerun-ts/core";
import { GrpcSink, RecordingStream, Tensor, WebSocketSink, serve } from "@rerun-ts/node";
import { expect, onTestFinished } from "vitest";
import { SlowLink } from "./harness/slow-link.ts";
import { it } from "./harness/test.ts";

const KB = 1000;
/** Small enough that the slowest link delivers several of them while a client waits for an acknowledgement. */
const MESSAGE_BYTES = 20 * KB;
const LINK = { delayMs: 150, cutsPerSecond: 0.02 };
/** How long the link needs for the backlog at least. */
const SECONDS = isSoak ? 250 : 5;
const MAX_BACKLOG_BYTES = 5000 * KB;
/** How long the link needs for what is on its way when it is cut, at most. */
const SECONDS_PER_CUT = 3;

const sinks: Readonly<Record<string, (port: number) => Sink>> = {
  gRPC: (port) => new GrpcSink(`rerun+http://127.0.0.1:${port}/proxy`),
  "gRPC-web": (port) => new GrpcWebSink(`rerun+http://127.0.0.1:${port}/proxy`),
  WebSocket: (port) => new WebSocketSink(`ws://127.0.0.1:${port}/ws`),
};

interface Result {
  readonly transport: string;
  readonly "kB/s": number;
  readonly "backlog (kB)": number;
  readonly "sent (kB)": number;
  readonly connections: number;
  readonly cuts: number;
  readonly "seconds ÷ least": number;
}

/** Sends a backlog over a slow link. */
async function send(transport: string, bytesPerSecond: number): Promise<Result> {
  const relay = await serve.serveGrpcRelay({ port: 0 });
  onTestFinished(() => relay.close());
  const link = await SlowLink.start(relay.port, { bytesPerSecond, ...LINK });
  const backlogBytes = Math.min(MAX_BACKLOG_BYTES, bytesPerSecond * SECONDS);
  const rec = new RecordingStream("slow", { onWarning: () => {} });
  onTestFinished(async () => void (await rec.close({ timeoutMs: 0 })));
  const count = backlogBytes / MESSAGE_BYTES;
  for (let index = 0; index < count; index++) rec.log(`tensor/${index}`, new Tensor(randomBytes(MESSAGE_BYTES)));
  const began = performance.now();
  const sink = (sinks[transport] as (port: number) => Sink)(link.port);
  await rec.setSink(sink);
  // It stops waiting after 5 seconds without progress, for example while a lost connection is restored.
  while (!(await rec.flush({ ack: true })).complete);
  const seconds = (performance.now() - began) / 1000;
  expect(sink.stats()).toMatchObject({ droppedRows: 0 });
  // Two messages open the recording.
  await expect.poll(() => relay.stats().receivedMessages).toBe(count + 2);
  return {
    transport,
    "kB/s": bytesPerSecond / KB,
    "backlog (kB)": backlogBytes / KB,
    "sent (kB)": Math.round(link.bytes / KB),
    connections: link.connections,
    cuts: link.cuts,
    "seconds ÷ least": Number(((seconds * bytesPerSecond) / backlogBytes).toFixed(2)),
  };
}

/** Whether a transport has sent less than twice the backlog. Of a small one, a few cuts may cost more than that. */
function sendsLittleTwice(result: Result): boolean {
  const backlog = result["backlog (kB)"];
  const lost = result.cuts * SECONDS_PER_CUT * result["kB/s"];
  return result["sent (kB)"] < Math.max(2 * backlog, 1.25 * backlog + lost);
}

it("a backlog arrives over slow links with cuts, and little is sent twice", { timeout: 900_000 }, async () => {
  const runs = Object.keys(sinks).flatMap((transport) => [20, 200].map((rate) => send(transport, rate * KB)));
  const results = await Promise.all(runs);
  console.table(results);
  for (const result of results) expect(result).toSatisfy(sendsLittleTwice);
});
