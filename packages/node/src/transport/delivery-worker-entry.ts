// The program of the worker that sends to a server. `WorkerDelivery` is its counterpart.
import { parentPort, workerData } from "node:worker_threads";
import { fromMessageParts, type MessageParts, serializeError } from "@rerun-ts/core/transport";
import { MIN_RECYCLED_BYTES, SharedCounters } from "../worker/shared-counters.ts";
import type { FlushRequest } from "../worker/worker-thread.ts";
import { createLocalDelivery } from "./create-local-delivery.ts";
import type { DeliveryWorkerData, FromDeliveryWorker, ToDeliveryWorker } from "./delivery-worker-protocol.ts";

/** Interval at which the progress is published while there are unacknowledged messages. */
const PUBLISH_MS = 5;

const { limits, counters: sharedCounters, returns, ...target } = workerData as DeliveryWorkerData;
const counters = new SharedCounters(sharedCounters);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
const post = (message: FromDeliveryWorker): void => parentPort?.postMessage(message);

const delivery = createLocalDelivery(target, limits, {
  onState(state, error) {
    counters.setFlag("isOpen", state === "open" ? 1 : 0);
    counters.advance();
    post({ type: "state", state, error: error && serializeError(error) });
  },
  onDrop(drop) {
    if (drop.reason === "queue-full") {
      counters.set("droppedRows", counters.get("droppedRows") + drop.rows);
      counters.set("droppedBytes", counters.get("droppedBytes") + drop.bytes);
    }
    post({ type: "drop", ...drop });
  },
  onFailure(error) {
    counters.setFlag("isOpen", 0);
    publish();
    post({ type: "failure", error: serializeError(error) });
  },
  onWarning: (message, code) => post({ type: "warning", message, code }),
  onRelease({ buffer }) {
    if (buffer.byteLength >= MIN_RECYCLED_BYTES) returns.postMessage(buffer, [buffer]);
  },
  flushRows() {},
});

let publishing: ReturnType<typeof setInterval> | undefined;

/** Copies the progress to shared memory, and repeats that while there are unacknowledged messages. */
function publish(): void {
  const { sentBytes, pendingBytes, queuedBytes, maxQueuedBytes, reconnects, acknowledgedRows, acknowledgedBytes } =
    delivery.progress;
  if (counters.get("sent") === sentBytes && counters.get("queued") === queuedBytes) return;
  counters.set("sent", sentBytes);
  counters.set("pending", pendingBytes);
  counters.set("queued", queuedBytes);
  counters.set("maxQueued", maxQueuedBytes);
  counters.set("reconnects", reconnects);
  counters.set("acknowledgedRows", acknowledgedRows);
  counters.set("acknowledgedBytes", acknowledgedBytes);
  counters.advance();
  if (queuedBytes > 0) {
    publishing ??= setInterval(publish, PUBLISH_MS);
  } else {
    clearInterval(publishing);
    publishing = undefined;
  }
}

parentPort?.on("message", (message: ToDeliveryWorker | FlushRequest) => {
  switch (message.type) {
    case "message":
      receive(message.message, message.isBacklog);
      break;
    case "flush":
      void flush(message.id, message.ack);
      break;
    case "renew":
      delivery.renew?.(message);
      break;
    case "finish":
      void delivery.finish().then(end);
      break;
    case "abort":
      delivery.abort();
      end();
      break;
  }
  publish();
});
process.on("exit", () => counters.setFlag("isFinished", 1));
counters.setFlag("isReady", 1);
post({ type: "ready" });

function receive(parts: MessageParts, isBacklog: boolean): void {
  delivery.send(fromMessageParts(parts), isBacklog);
  // In this order, so that the message is counted in one place or the other at any time.
  publish();
  counters.set("received", counters.get("received") + parts.length);
}

async function flush(id: number, ack: boolean): Promise<void> {
  await delivery.flush(ack);
  publish();
  post({ type: "flushed", id });
}

function end(): void {
  publish();
  counters.setFlag("isFinished", 1);
  counters.advance();
  post({ type: "finished" });
}
