import { MessageChannel } from "node:worker_threads";
import { nonNegative, argumentError } from "@rerun-ts/core/checks";
import type { Delivery, DeliveryContext, DeliveryLimits, ServerSinkSetup } from "@rerun-ts/core/transport";
import { SharedWorker } from "../worker/worker-link.ts";
import { startWorker } from "../worker/worker-thread.ts";
import { createLocalDelivery } from "./create-local-delivery.ts";
import type { DeliveryTarget } from "./create-writer.ts";
import type { ServerSinkOptions } from "./server-sink-options.ts";
import { warnIfUnreachable } from "./unreachable-warning.ts";
import { DELIVERY_WORKER, WorkerDelivery } from "./worker-delivery.ts";

/** Sends for all recordings of the process. */
let sharedWorker: SharedWorker | undefined;

/**
 * Checks the options that concern the thread. Returns a function that creates deliveries to one server, in a worker if
 * possible and wanted, or else in the calling thread. Also returns a function that warns if the server cannot be
 * reached.
 * @throws {TypeError} if an option is wrong
 */
export function deliveryTo(
  target: DeliveryTarget,
  options: ServerSinkOptions,
): Pick<ServerSinkSetup, "createDelivery" | "followState"> {
  const { onFull = "block", blockTimeoutMs = 5000 } = options;
  const usesWorker = usesWorkerThread(target, options);
  const blocking = {
    canBlock: onFull === "block",
    failsWhenFull: onFull === "error",
    blockTimeoutMs: nonNegative("blockTimeoutMs", blockTimeoutMs),
  };
  const createDelivery = (limits: DeliveryLimits, context: DeliveryContext): Delivery => {
    const createLocal = (): Delivery => createLocalDelivery(target, limits, context);
    if (!usesWorker) return createLocal();
    const onFallback = (reason: string): void =>
      context.onWarning(`no worker to send to ${target.url.href} (${reason}); the calling thread sends instead`);
    const start = (entry: URL): Delivery =>
      new WorkerDelivery(
        (sharedWorker ??= new SharedWorker(entry, DELIVERY_WORKER)),
        { target, limits, ...blocking, createLocal, onFallback },
        context,
      );
    return startWorker("./delivery-worker-entry.js", import.meta.url, start, onFallback) ?? createLocal();
  };
  return { createDelivery, followState: (warn) => warnIfUnreachable(target, warn) };
}

/**
 * Whether to use a worker, which is impossible if an option cannot be passed to it.
 * @throws {TypeError} if `thread: true` requires one nonetheless
 */
function usesWorkerThread({ token, headers, tls }: DeliveryTarget, { thread = "auto" }: ServerSinkOptions): boolean {
  if (thread !== true && thread !== false && thread !== "auto")
    throw argumentError("thread", `\`thread\` must be true, false or "auto", got ${JSON.stringify(thread)}`);
  const problem =
    typeof headers === "function"
      ? "`headers` must not be a function"
      : typeof token === "function"
        ? "`token` must not be a function"
        : isCloneable(tls)
          ? undefined
          : "`tls` must only contain data";
  if (thread === true && problem !== undefined)
    throw argumentError("thread", `${problem} if \`thread\` is true: functions cannot be passed to another thread`);
  return thread !== false && problem === undefined;
}

/** Whether a thread can receive a value. `structuredClone` does not tell where it is missing, as in Jest's jsdom. */
function isCloneable(value: unknown): boolean {
  if (value === undefined) return true;
  const { port1 } = new MessageChannel();
  try {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
    port1.postMessage(value);
    return true;
  } catch {
    return false;
  } finally {
    port1.close();
  }
}
