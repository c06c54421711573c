import type { GrpcServerSettings } from "../sink/grpc-server-options.ts";
import { LocalRelay } from "./local-relay.ts";
import type { RelayRunner, RelayRunnerEvents } from "./relay-runner.ts";
import { startWorker } from "../../worker/worker-thread.ts";
import { NoWorkerError, WorkerRelay } from "./worker-relay.ts";

/** The events that a {@link RelayLauncher} reports. */
export interface RelayLauncherEvents extends RelayRunnerEvents {
  /** No worker could be started, so the calling thread serves instead. */
  onFallback(reason: string): void;
}

/** Starts a relay in a worker where that is possible and wanted, and in the calling thread otherwise. */
export class RelayLauncher {
  /** The relay. It is replaced if its worker does not start. */
  runner: RelayRunner;
  /** Resolves to the port once the relay listens. Rejects with `LISTEN_FAILED` if it cannot. */
  readonly listening: Promise<number>;
  readonly #settings: GrpcServerSettings;
  readonly #events: RelayLauncherEvents;

  constructor(settings: GrpcServerSettings, events: RelayLauncherEvents) {
    this.#settings = settings;
    this.#events = events;
    this.runner = (settings.usesWorker ? this.#startWorker() : undefined) ?? this.#startHere();
    this.listening = this.#listen();
    this.listening.catch(() => {});
  }

  async #listen(): Promise<number> {
    let port: number;
    try {
      port = await this.runner.listening;
    } catch (error) {
      if (!(error instanceof NoWorkerError)) throw error;
      this.#events.onFallback(error.message);
      this.runner = this.#startHere();
      port = await this.runner.listening;
    }
    if (this.#settings.isUnref) this.runner.unref();
    return port;
  }

  #startWorker(): RelayRunner | undefined {
    const start = (entry: URL): RelayRunner => new WorkerRelay(entry, this.#settings.server, this.#events);
    return startWorker("./relay-worker-entry.js", import.meta.url, start, (reason) => this.#events.onFallback(reason));
  }

  #startHere(): RelayRunner {
    return new LocalRelay(this.#settings.server, this.#events);
  }
}
