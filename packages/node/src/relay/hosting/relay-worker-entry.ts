// The program of the worker that runs a relay. `WorkerRelay` is its counterpart.
import { parentPort, workerData } from "node:worker_threads";
import { RerunError } from "@rerun-ts/core";
import { serializeError } from "@rerun-ts/core/transport";
import { MIN_RECYCLED_BYTES, SharedCounters } from "../../worker/shared-counters.ts";
import type { FlushRequest } from "../../worker/worker-thread.ts";
import { RelayError } from "../relay-error.ts";
import { RelayServer } from "../relay-server.ts";
import {
  SharedStats,
  type FromRelayWorker,
  type RelayMessageParts,
  type RelayWorkerData,
  type ToRelayWorker,
} from "./relay-worker-protocol.ts";

/** Interval at which the statistics are published. */
const PUBLISH_MS = 100;

const { options, counters: sharedCounters, stats: sharedStats, returns } = workerData as RelayWorkerData;
const counters = new SharedCounters(sharedCounters);
const stats = new SharedStats(sharedStats);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
const post = (message: FromRelayWorker): void => parentPort?.postMessage(message);

let server: RelayServer | undefined;
let droppedReaders = 0;

parentPort?.on("message", (message: ToRelayWorker | FlushRequest) => {
  switch (message.type) {
    case "message":
      return receive(message.message);
    case "flush":
      publish();
      return post({ type: "flushed", id: message.id });
    case "close":
      return void close(message.timeoutMs);
  }
});
process.on("exit", () => counters.setFlag("isFinished", 1));
counters.setFlag("isReady", 1);
post({ type: "ready" });
void listen();
setInterval(publish, PUBLISH_MS).unref();

async function listen(): Promise<void> {
  try {
    server = new RelayServer({ ...options, tls: tlsOf(options.tls) }, (reason) => post({ type: "refused", reason }));
    const port = await server.listen();
    stats.port = port;
    post({ type: "listening", port });
  } catch (error) {
    post({ type: "failed", error: serializeError(RerunError.from(error)) });
  }
}

/** Writes a message to the relay, which copies it, and returns its memory immediately. */
function receive({ kind, isStatic, isBlueprint, bytes, offset, length, rows }: RelayMessageParts): void {
  try {
    server?.relay.writeEncoded({ kind, isStatic, isBlueprint, payload: new Uint8Array(bytes, offset, length) });
  } catch (error) {
    post({ type: "rejected", reason: RelayError.from(error).message, rows, bytes: length });
  }
  // The caller may end this thread before the next publication.
  if (server !== undefined) stats.writeReceived(server.relay);
  counters.set("acknowledgedRows", counters.get("acknowledgedRows") + rows);
  counters.set("received", counters.get("received") + length);
  counters.advance();
  if (bytes.byteLength >= MIN_RECYCLED_BYTES) returns.postMessage(bytes, [bytes]);
}

/** Copies the statistics to shared memory, and posts the reason if a reader was disconnected. */
function publish(): void {
  if (server === undefined) return;
  const now = server.stats();
  stats.write(now);
  if (now.droppedReaders === droppedReaders) return;
  ({ droppedReaders } = now);
  post({ type: "readerDisconnected", reason: now.lastDropReason ?? "" });
}

async function close(timeoutMs: number): Promise<void> {
  // The caller may end this thread before the server is closed.
  publish();
  const isDone = (await server?.close(timeoutMs)) ?? true;
  publish();
  counters.setFlag("isFinished", 1);
  counters.advance();
  post({ type: "closed", isDone });
}

/** Restores the Buffers of the key and the certificate, which arrive from the other thread as plain bytes. */
function tlsOf(tls: RelayWorkerData["options"]["tls"]): typeof tls {
  if (tls === undefined) return undefined;
  const toPem = (pem: string | Uint8Array): string | Buffer => (typeof pem === "string" ? pem : Buffer.from(pem));
  return { key: toPem(tls.key), cert: toPem(tls.cert) };
}
