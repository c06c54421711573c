import type { GrpcServerSettings } from "./grpc-server-options.ts";
import { LocalRelay } from "./local-relay.ts";
import type { RelayHost, RelayHostEvents } from "./relay-host.ts";
import { NoWorkerError, WorkerRelay, findRelayWorkerEntry } from "./worker-relay.ts";

/** What happens while a relay starts. */
export interface RelayStartEvents extends RelayHostEvents {
  /** There is no worker: the calling thread serves. */
  onFallback(reason: string): void;
}

/** A relay that is being started: in a worker if there can be one, else in this thread. */
export class RelayStart {
  /** The relay, which is another one if there turns out to be no worker. */
  host: RelayHost;
  /** Settles with the port when it listens; rejects with `SERVER` if it cannot. */
  readonly listening: Promise<number>;
  readonly #settings: GrpcServerSettings;
  readonly #events: RelayStartEvents;

  constructor(settings: GrpcServerSettings, events: RelayStartEvents) {
    this.#settings = settings;
    this.#events = events;
    const entry = settings.usesWorker ? findRelayWorkerEntry() : undefined;
    if (settings.usesWorker && entry === undefined) events.onFallback("its file is missing, as it is in bundles");
    this.host = entry === undefined ? this.#startHere() : new WorkerRelay(entry, settings.server, events);
    this.listening = this.#listen();
    this.listening.catch(() => {});
  }

  async #listen(): Promise<number> {
    let port: number;
    try {
      port = await this.host.listening;
    } catch (error) {
      if (!(error instanceof NoWorkerError)) throw error;
      this.#events.onFallback(error.message);
      this.host = this.#startHere();
      port = await this.host.listening;
    }
    if (this.#settings.isUnref) this.host.unref();
    return port;
  }

  #startHere(): RelayHost {
    return new LocalRelay(this.#settings.server, this.#events);
  }
}
