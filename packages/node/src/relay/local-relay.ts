import type { EncodedMessage } from "@rerun-ts/core";
import { EMPTY_STATS, type RelayStats } from "./health.ts";
import type { RelayHost, RelayHostEvents } from "./relay-host.ts";
import { RelayRefusal } from "./relay-refusal.ts";
import type { RelayServer, RelayServerOptions } from "./relay-server.ts";

/** A relay that serves from the calling thread, whenever that one lets the event loop have its turn. */
export class LocalRelay implements RelayHost {
  readonly listening: Promise<number>;
  readonly queuedBytes = 0;
  port: number | undefined;
  readonly #options: RelayServerOptions;
  readonly #events: RelayHostEvents;
  #server: RelayServer | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: RelayServerOptions, events: RelayHostEvents) {
    this.#options = options;
    this.#events = events;
    this.listening = this.#listen();
    this.listening.catch(() => {});
  }

  send(message: EncodedMessage): void {
    try {
      this.#server?.write(message);
    } catch (error) {
      if (!(error instanceof RelayRefusal)) throw error;
      this.#events.onRefused(error.message);
    }
  }

  async flush(): Promise<void> {}

  close(timeoutMs: number): Promise<void> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  /** Without turns of the event loop nothing can be sent. */
  closeSync(): boolean {
    const isDone = this.stats().readers === 0;
    this.#closing ??= Promise.resolve();
    this.#server?.destroy();
    return isDone;
  }

  unref(): void {
    this.#server?.unref();
  }

  stats(): RelayStats {
    return this.#server?.stats() ?? EMPTY_STATS;
  }

  /** Loads what is needed, which programs that do not serve do not carry. */
  async #listen(): Promise<number> {
    const { RelayServer } = await import("./relay-server.ts");
    this.#server = new RelayServer(this.#options);
    this.port = await this.#server.listen();
    return this.port;
  }

  async #close(timeoutMs: number): Promise<void> {
    await this.listening.catch(() => {});
    await this.#server?.close(timeoutMs);
  }
}
