// The thread that sends: see worker-delivery.ts.
import { parentPort, workerData } from "node:worker_threads";
import type { EncodedMessage, RerunError } from "@rerun-ts/core";
import { REUSE_BYTES } from "./free-memory.ts";
import { LocalDelivery } from "./local-delivery.ts";
import {
  NUMBERS,
  SharedCounters,
  type FromWorker,
  type MessageParts,
  type PlainError,
  type ToWorker,
  type WorkerSetup,
} from "./worker-protocol.ts";

const LOOK_MS = 5;

const { transport, token, headers, tls, limits, counters: shared, returns, ...url } = workerData as WorkerSetup;
const counters = new SharedCounters(shared);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
const tell = (message: FromWorker): void => parentPort?.postMessage(message);

const delivery = new LocalDelivery(
  { transport, url, token, headers, tls, limits },
  {
    onState(state, error) {
      counters.set("isOpen", state === "open" ? 1 : 0);
      counters.advance();
      tell({ type: "state", state, error: toPlain(error) });
    },
    onDrop: (drop) => tell({ type: "drop", ...drop }),
    onFailure(error) {
      counters.set("isOpen", 0);
      publish();
      tell({ type: "failure", error: toPlain(error) as PlainError });
    },
    onFree({ payload: { buffer } }) {
      if (buffer.byteLength >= REUSE_BYTES) returns.postMessage(buffer, [buffer]);
    },
  },
);

let looking: ReturnType<typeof setInterval> | undefined;

/** Copies what can be seen of the delivery to where the other thread looks; again and again while there is work. */
function publish(): void {
  const { sentBytes, waitingBytes, queuedBytes, reconnects, arrivedRows, arrivedBytes } = delivery.progress;
  const { numbers } = counters;
  if (numbers[NUMBERS.sent] === sentBytes && numbers[NUMBERS.queued] === queuedBytes) return;
  numbers[NUMBERS.sent] = sentBytes;
  numbers[NUMBERS.waiting] = waitingBytes;
  numbers[NUMBERS.queued] = queuedBytes;
  numbers[NUMBERS.reconnects] = reconnects;
  numbers[NUMBERS.arrivedRows] = arrivedRows;
  numbers[NUMBERS.arrivedBytes] = arrivedBytes;
  counters.advance();
  if (queuedBytes > 0) looking ??= setInterval(publish, LOOK_MS);
  else {
    clearInterval(looking);
    looking = undefined;
  }
}

parentPort?.on("message", (message: ToWorker) => {
  switch (message.type) {
    case "message":
      receive(message.message);
      break;
    case "flush":
      void flush(message.id, message.ack);
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
process.on("exit", () => counters.set("isFinished", 1));
counters.set("isReady", 1);
tell({ type: "ready" });

function receive({ bytes, offset, length, rows, entityPath, components, ...known }: MessageParts): void {
  // Of a manifest no more is needed here than what tells static chunks apart, and how many rows there are.
  const manifest = { rows, entityPath, components: components.map((component) => ({ descriptor: { component } })) };
  const message = { ...known, payload: new Uint8Array(bytes, offset, length), manifest };
  delivery.send(message as unknown as EncodedMessage);
  // First this, so that the message is counted here or there at any time.
  publish();
  counters.numbers[NUMBERS.received] = (counters.numbers[NUMBERS.received] as number) + length;
}

async function flush(id: number, ack: boolean): Promise<void> {
  await delivery.flush(ack);
  publish();
  tell({ type: "flushed", id });
}

function end(): void {
  publish();
  counters.set("isFinished", 1);
  counters.advance();
  tell({ type: "finished" });
}

function toPlain(error: RerunError | undefined): PlainError | undefined {
  return error === undefined ? undefined : { code: error.code, message: error.message };
}
