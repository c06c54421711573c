import { MessageChannel, Worker, type MessagePort, type ResourceLimits, type Transferable } from "node:worker_threads";
import { clearRealTimeout, realTimeout } from "@rerun-ts/core/util";

export interface WorkerOptions {
  readonly name: string;
  readonly resourceLimits?: ResourceLimits | undefined;
}

/** Receives what a worker posts, and its end. */
export interface WorkerLinkEvents {
  onMessage(message: unknown): void;
  onLost(reason: string): void;
}

/** A connection to a worker, which may have others. */
export interface WorkerLink {
  postMessage(message: object, transfer?: readonly Transferable[]): void;
  /** Keeps the process alive. */
  ref(): void;
  /** Lets the process end. */
  unref(): void;
  /** Ends the connection, and the worker if it has no other one. */
  end(): Promise<void>;
}

/** The message that opens a connection to a {@link SharedWorker}. */
export interface OpenMessage {
  readonly port: MessagePort;
  readonly workerData: object;
}

/** Time after which a shared worker without connections ends. */
const IDLE_MS = 5000;

function start(entry: URL, { name, resourceLimits }: WorkerOptions, rest: object): Worker {
  return new Worker(entry, {
    // Omits the program's own arguments for Node: loaders slow the worker down, or prevent it from starting.
    execArgv: [],
    name,
    ...(resourceLimits && { resourceLimits }),
    ...rest,
  });
}

/** Starts a worker for one connection, with its data. */
export function startOwnWorker(
  entry: URL,
  options: WorkerOptions,
  workerData: object,
  transferList: readonly Transferable[],
  events: WorkerLinkEvents,
): WorkerLink {
  const worker = start(entry, options, { workerData, transferList });
  worker.on("message", (message: unknown) => events.onMessage(message));
  worker.on("error", (error) => events.onLost(error.message));
  worker.on("exit", () => events.onLost("it ended"));
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
    postMessage: (message, transfer = []) => worker.postMessage(message, transfer),
    ref: () => worker.ref(),
    unref: () => worker.unref(),
    async end() {
      await worker.terminate();
    },
  };
}

/**
 * A worker for many connections: starting one for each takes longer than what short recordings send. It starts with the
 * first connection, ends some seconds after the last one, and never keeps the process alive.
 */
export class SharedWorker {
  readonly #entry: URL;
  readonly #options: WorkerOptions;
  readonly #links = new Set<WorkerLinkEvents>();
  #worker: Worker | undefined;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(entry: URL, options: WorkerOptions) {
    this.#entry = entry;
    this.#options = options;
  }

  /** Opens a connection, of which the worker receives an {@link OpenMessage}. */
  open(workerData: object, transfer: readonly Transferable[], events: WorkerLinkEvents): WorkerLink {
    const worker = (this.#worker ??= this.#start());
    clearRealTimeout(this.#idleTimer);
    this.#links.add(events);
    const { port1, port2 } = new MessageChannel();
    port1.on("message", (message: unknown) => events.onMessage(message));
    const message: OpenMessage = { port: port2, workerData };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
    worker.postMessage(message, [port2, ...transfer]);
    return {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
      postMessage: (posted, with_ = []) => port1.postMessage(posted, with_),
      ref: () => port1.ref(),
      unref: () => port1.unref(),
      end: async () => {
        port1.close();
        if (this.#links.delete(events) && this.#links.size === 0)
          this.#idleTimer = realTimeout(() => void this.#stop(), IDLE_MS).unref();
      },
    };
  }

  #start(): Worker {
    const worker = start(this.#entry, this.#options, {});
    const onLost = (reason: string): void => {
      if (this.#worker === worker) this.#worker = undefined;
      else return;
      const links = [...this.#links];
      this.#links.clear();
      for (const events of links) events.onLost(reason);
    };
    worker.on("error", (error) => onLost(error.message));
    worker.on("exit", () => onLost("it ended"));
    worker.unref();
    return worker;
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}
