// The thread that serves: see worker-relay.ts.
import { parentPort, workerData } from "node:worker_threads";
import { RerunError } from "@rerun-ts/core";
import { REUSE_BYTES } from "../delivery/free-memory.ts";
import { NUMBERS, SharedCounters } from "../delivery/worker-protocol.ts";
import { RelayRefusal } from "./relay-refusal.ts";
import { RelayServer } from "./relay-server.ts";
import {
  SharedStats,
  type FromRelayWorker,
  type RelayMessageParts,
  type RelayWorkerSetup,
  type ToRelayWorker,
} from "./worker-relay-protocol.ts";

/** How often the statistics are copied to where the other thread looks. */
const PUBLISH_MS = 100;

const { options, counters: sharedCounters, stats: sharedStats, returns } = workerData as RelayWorkerSetup;
const counters = new SharedCounters(sharedCounters);
const stats = new SharedStats(sharedStats);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
const tell = (message: FromRelayWorker): void => parentPort?.postMessage(message);

let server: RelayServer | undefined;
let droppedReaders = 0;

parentPort?.on("message", (message: ToRelayWorker) => {
  switch (message.type) {
    case "message":
      return receive(message.message);
    case "flush":
      publish();
      return tell({ type: "flushed", id: message.id });
    case "close":
      return void close(message.timeoutMs);
  }
});
process.on("exit", () => counters.set("isFinished", 1));
counters.set("isReady", 1);
void listen();
setInterval(publish, PUBLISH_MS).unref();

async function listen(): Promise<void> {
  try {
    server = new RelayServer({ ...options, tls: tlsOf(options.tls) });
    const port = await server.listen();
    stats.port = port;
    tell({ type: "listening", port });
  } catch (error) {
    const { code, message } = RerunError.from(error);
    tell({ type: "failed", error: { code, message } });
  }
}

/** Keeps a copy: the memory goes back at once. */
function receive({ kind, isStatic, isBlueprint, bytes, offset, length }: RelayMessageParts): void {
  try {
    server?.relay.writeEncoded({ kind, isStatic, isBlueprint, payload: new Uint8Array(bytes, offset, length) });
  } catch (error) {
    if (!(error instanceof RelayRefusal)) throw error;
    tell({ type: "refused", reason: error.message });
  }
  counters.numbers[NUMBERS.received] = (counters.numbers[NUMBERS.received] as number) + length;
  counters.advance();
  if (bytes.byteLength >= REUSE_BYTES) returns.postMessage(bytes, [bytes]);
}

function publish(): void {
  if (server === undefined) return;
  const now = server.stats();
  stats.write(now);
  if (now.droppedReaders === droppedReaders) return;
  ({ droppedReaders } = now);
  tell({ type: "dropped", reason: now.lastDropReason ?? "" });
}

async function close(timeoutMs: number): Promise<void> {
  await server?.close(timeoutMs);
  publish();
  counters.set("isFinished", 1);
  counters.advance();
  tell({ type: "closed" });
}

/** Buffers cross between threads as plain bytes. */
function tlsOf(tls: RelayWorkerSetup["options"]["tls"]): typeof tls {
  if (tls === undefined) return undefined;
  const text = (pem: string | Uint8Array): string | Buffer => (typeof pem === "string" ? pem : Buffer.from(pem));
  return { key: text(tls.key), cert: text(tls.cert) };
}
