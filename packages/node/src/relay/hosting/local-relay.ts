import type { EncodedMessage } from "@rerun-ts/core";
import { rowsIn } from "@rerun-ts/core/transport";
import { EMPTY_STATS, type RelayStats } from "../relay-stats.ts";
import { isWebsocketLibraryError, websocketLibraryError } from "../../net/websocket-library-error.ts";
import type { RelayRunner, RelayRunnerEvents } from "./relay-runner.ts";
import { RelayError } from "../relay-error.ts";
import type { RelayServer, RelayServerOptions } from "../relay-server.ts";

/** A {@link RelayRunner} in the calling thread, which serves whenever that thread yields to the event loop. */
export class LocalRelay implements RelayRunner {
  readonly listening: Promise<number>;
  readonly queuedBytes = 0;
  port: number | undefined;
  readonly #options: RelayServerOptions;
  readonly #events: RelayRunnerEvents;
  #server: RelayServer | undefined;
  #closing: Promise<boolean> | undefined;

  constructor(options: RelayServerOptions, events: RelayRunnerEvents) {
    this.#options = options;
    this.#events = events;
    this.listening = this.#listen();
    this.listening.catch(() => {});
  }

  send(message: EncodedMessage): void {
    try {
      this.#server?.write(message);
    } catch (error) {
      this.#events.onRejected(RelayError.from(error).message, rowsIn([message]), message.payload.byteLength);
    }
    // The relay has copied the message.
    this.#events.onRelease(message.payload);
  }

  async flush(): Promise<void> {}

  close(timeoutMs: number): Promise<boolean> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  /**
   * Closes all connections: without the event loop no pending data can be sent. Returns whether there were no readers.
   */
  closeSync(): boolean {
    const isDone = this.stats().readers === 0;
    this.#closing ??= Promise.resolve(isDone);
    this.#server?.destroy();
    return isDone;
  }

  unref(): void {
    this.#server?.unref();
  }

  stats(): RelayStats {
    return this.#server?.stats() ?? EMPTY_STATS;
  }

  /** Loads the server only when it is needed, and starts to listen. */
  async #listen(): Promise<number> {
    const { RelayServer } = await import("../relay-server.ts").catch((error: unknown) => {
      throw isWebsocketLibraryError(error) ? websocketLibraryError(error) : error;
    });
    this.#server = new RelayServer(this.#options, (reason) => this.#events.onRefused(reason));
    this.port = await this.#server.listen();
    return this.port;
  }

  async #close(timeoutMs: number): Promise<boolean> {
    await this.listening.catch(() => {});
    return (await this.#server?.close(timeoutMs)) ?? true;
  }
}
