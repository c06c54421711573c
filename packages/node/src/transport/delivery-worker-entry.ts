// The program of the worker that sends to servers, for all recordings of a process. Its counterpart is
// `WorkerDelivery`.
import { parentPort, type MessagePort } from "node:worker_threads";
import { fromMessageParts, type MessageParts, serializeError } from "@rerun-ts/core/transport";
import { MIN_RECYCLED_BYTES, SharedCounters } from "../worker/shared-counters.ts";
import type { OpenMessage } from "../worker/worker-link.ts";
import type { FlushRequest } from "../worker/worker-thread.ts";
import { createLocalDelivery } from "./create-local-delivery.ts";
import type { DeliveryWorkerData, FromDeliveryWorker, ToDeliveryWorker } from "./delivery-worker-protocol.ts";

/** Interval at which the progress is published while there are unacknowledged messages. */
const PUBLISH_MS = 5;

/** The counters of all deliveries that are not finished. */
const unfinished = new Set<SharedCounters>();

parentPort?.on("message", ({ port, workerData }: OpenMessage) => serve(port, workerData as DeliveryWorkerData));
process.on("exit", () => {
  for (const counters of unfinished) counters.setFlag("isFinished", 1);
});

/** Sends what arrives at a port to one server. */
function serve(port: MessagePort, { limits, counters: sharedCounters, returns, ...target }: DeliveryWorkerData): void {
  const counters = new SharedCounters(sharedCounters);
  // The calling thread has given up, and sends by itself.
  if (counters.has("isEnded")) return port.close();
  unfinished.add(counters);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
  const post = (message: FromDeliveryWorker): void => port.postMessage(message);

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

  port.on("message", (message: ToDeliveryWorker | FlushRequest) => {
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
      case "retry":
        delivery.retry?.();
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
  // Also after an `abort` of the other side, which does not wait.
  port.on("close", () => {
    if (unfinished.delete(counters)) delivery.abort();
    clearInterval(publishing);
    returns.close();
  });
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
    unfinished.delete(counters);
    counters.setFlag("isFinished", 1);
    counters.advance();
    post({ type: "finished" });
  }
}
