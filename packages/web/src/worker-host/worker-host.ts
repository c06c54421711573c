import { RerunError } from "@rerun-ts/core";
import { brand, invalidArgument, throughProxies } from "@rerun-ts/core/checks";
import { registerWorkerHost } from "../page/worker-host-registry.ts";
import type { FromPort, PortTarget, OpenRequest } from "./port-protocol.ts";
import { createWorkerHooks } from "./create-worker-hooks.ts";
import type { OpenedPort } from "./port-peer.ts";
import { WINDOW_BYTES } from "./port-writer.ts";
import { SharedRing } from "./shared-ring.ts";

/** Longest time that a worker may take to start, its script included. */
const START_MS = 10_000;

/**
 * A worker that sends the page's data, which relieves the page's thread. Pass it to `connectGrpc`, `connectWebSocket`,
 * `GrpcSink` or `WebSocketSink` as the option `worker`. Several of them may share one. It starts at its first use.
 *
 * Unacknowledged data stays in the page, within `maxQueueBytes`. If the worker ends, another one is started, and this
 * data is sent again. If none starts, the page sends itself, and this is reported. A closing page sends as much as
 * fits, as without a worker.
 *
 * @example
 * const script = new URL("@rerun-ts/web/worker", import.meta.url);
 * const worker = new rr.WorkerHost(() => new Worker(script, { type: "module" }));
 * await rec.connectGrpc(undefined, { worker });
 */
export class WorkerHost {
  readonly #create: () => Worker;
  #worker: Worker | undefined;
  #isClosed = false;
  readonly #listeners = new Set<(reason: string) => void>();

  /** @param create creates the worker with the script `@rerun-ts/web/worker`. Called again if a worker has ended */
  constructor(create: () => Worker) {
    throughProxies(this);
    if (typeof create !== "function") throw invalidArgument("create", "a function that returns a Worker", create);
    this.#create = create;
    registerWorkerHost(this, (sink) => createWorkerHooks(sink, (...args) => this.#open(...args)));
  }

  /** Ends the worker. Its sinks send from the page's thread from now on. */
  close(): void {
    this.#isClosed = true;
    this.#end("its `WorkerHost` was closed");
  }

  async #open(target: PortTarget, onLost: (reason: string) => void, signal: AbortSignal): Promise<OpenedPort> {
    const worker = this.#start();
    const { port1, port2 } = new MessageChannel();
    const memory = SharedRing.create(WINDOW_BYTES);
    const request: OpenRequest = { type: "rerun-open", port: port2, target, shared: memory?.buffers };
    worker.postMessage(request, [port2]);
    try {
      await this.#untilReady(port1);
    } catch (error) {
      port1.close();
      if (this.#worker === worker) this.#end("it did not start");
      throw error;
    }
    this.#listeners.add(onLost);
    signal.addEventListener("abort", () => this.#listeners.delete(onLost));
    const discard = (): void => {
      if (this.#worker === worker) this.#end("it does not respond");
      else onLost("it does not respond");
    };
    return { port: port1, memory, discard };
  }

  #start(): Worker {
    if (this.#isClosed) throw new RerunError("CLOSED", "the `WorkerHost` is closed");
    if (this.#worker !== undefined) return this.#worker;
    const worker = this.#create();
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      if (this.#worker === worker) this.#end(event.message || "its script could not be loaded");
    });
    this.#worker = worker;
    return worker;
  }

  /** Waits for the worker's reply. Rejects if the worker fails, or takes too long. */
  async #untilReady(port: MessagePort): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: RerunError): void => {
        clearTimeout(timer);
        this.#listeners.delete(fail);
        if (error === undefined) resolve();
        else reject(error);
      };
      const fail = (reason: string): void => settle(new RerunError("INTERNAL", reason));
      const timer = setTimeout(() => fail(`it did not start within ${START_MS} ms`), START_MS);
      this.#listeners.add(fail);
      const onMessage = ({ data }: MessageEvent<FromPort>): void => {
        if (data.type === "ready") settle();
      };
      port.addEventListener("message", onMessage, { once: true });
      port.start();
    });
  }

  /** Ends the worker, and notifies all of its users. */
  #end(reason: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener(reason);
  }
}

brand(WorkerHost.prototype, "WorkerHost");
