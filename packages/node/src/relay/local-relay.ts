import type { EncodedMessage } from "@rerun-ts/core";
import type { RelayStats } from "./health.ts";
import type { RelayHost, RelayHostEvents } from "./relay-host.ts";
import { RelayRefusal } from "./relay-refusal.ts";
import { RelayServer, type RelayServerOptions } from "./relay-server.ts";

/** A relay that serves from the calling thread, whenever that one lets the event loop have its turn. */
export class LocalRelay implements RelayHost {
  readonly listening: Promise<number>;
  readonly queuedBytes = 0;
  port: number | undefined;
  readonly #server: RelayServer;
  readonly #events: RelayHostEvents;
  #closing: Promise<void> | undefined;

  constructor(options: RelayServerOptions, events: RelayHostEvents) {
    this.#events = events;
    this.#server = new RelayServer(options);
    this.listening = this.#listen();
    this.listening.catch(() => {});
  }

  send(message: EncodedMessage): void {
    try {
      this.#server.write(message);
    } catch (error) {
      if (!(error instanceof RelayRefusal)) throw error;
      this.#events.onRefused(error.message);
    }
  }

  async flush(): Promise<void> {}

  close(timeoutMs: number): Promise<void> {
    this.#closing ??= this.#server.close(timeoutMs);
    return this.#closing;
  }

  /** Without turns of the event loop nothing can be sent. */
  closeSync(): boolean {
    const isDone = this.#server.stats().readers === 0;
    this.#closing ??= Promise.resolve();
    this.#server.destroy();
    return isDone;
  }

  unref(): void {
    this.#server.unref();
  }

  stats(): RelayStats {
    return this.#server.stats();
  }

  async #listen(): Promise<number> {
    this.port = await this.#server.listen();
    return this.port;
  }
}
