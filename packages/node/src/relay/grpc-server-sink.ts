import { randomUUID } from "node:crypto";
import {
  RerunError,
  type BatcherConfig,
  type EncodedMessage,
  type MessageMemory,
  type Sink,
  type SinkContext,
  type SinkFlushOptions,
  type SinkStats,
} from "@rerun-ts/core";
import { BATCHER_PRESETS, SinkStatus } from "@rerun-ts/core/internal";
import { EMPTY_STATS, type RelayStats } from "./health.ts";
import { inUrl } from "./host-name.ts";
import {
  checkServerOptions,
  serverUrl,
  type GrpcServerSettings,
  type GrpcServerSinkOptions,
} from "./grpc-server-options.ts";
import { RelayStart } from "./start-relay.ts";

/** How long readers may take when nobody says anything else. */
const CLOSE_MS = 5000;
/** What timers take. */
const LONGEST_MS = 2 ** 30;

/**
 * Lets viewers connect to this program: serves what is logged, and what other programs send, on one port, as
 * `rerun --serve-grpc` does. Viewers that come later get what is kept first. No viewer holds up the program or another one.
 */
export class GrpcServerSink implements Sink {
  readonly kind = "grpc-server";
  readonly key: string;
  readonly batching: Partial<BatcherConfig> = BATCHER_PRESETS.lowLatency;
  readonly needsEventLoop = true;
  /** The relay keeps copies. */
  readonly isSynchronous = true;
  readonly #settings: GrpcServerSettings;
  readonly #status: SinkStatus;
  #start: RelayStart | undefined;
  #port: number;
  #givenBytes = 0;
  #closing: Promise<void> | undefined;

  /** @throws {TypeError} if an option is wrong. */
  constructor(options?: GrpcServerSinkOptions) {
    this.#settings = checkServerOptions("GrpcServerSink", options);
    const { bindIp, port } = this.#settings.server;
    this.#port = port;
    this.key = `grpc-server:${port === 0 ? randomUUID() : `${inUrl(bindIp)}:${port}`}`;
    this.#status = new SinkStatus("grpc-server");
  }

  /** Where it listens: the port that it got, once it is open. */
  get port(): number {
    return this.#start?.host.port ?? this.#port;
  }

  /** What viewers connect to, e.g. `rerun+http://127.0.0.1:9876/proxy`. */
  get url(): string {
    return serverUrl(this.#settings.server, this.port);
  }

  /** @internal Whether it takes connections already, also while the event loop has no turn. */
  get isListening(): boolean {
    return this.#start?.host.port !== undefined;
  }

  /** Begins to listen. Rejects with `SERVER` if it cannot. */
  async open(context: SinkContext): Promise<void> {
    this.#status.attach(context);
    for (const notice of this.#settings.notices) this.#status.warn(notice);
    this.#start = new RelayStart(this.#settings, {
      onFallback: (reason) =>
        this.#status.warn(`there is no worker to serve ${this.url} (${reason}): the calling thread does it`),
      onLost: (error) => {
        if (!this.#isOver) this.#status.change("broken", error);
      },
      onRefused: (reason) => this.#status.warn(`a message was not served: ${reason}`),
    });
    try {
      this.#port = await this.#start.listening;
      if (!this.#isOver) this.#status.change("open");
    } catch (error) {
      const failure = RerunError.from(error);
      if (!this.#isOver) this.#status.change("broken", failure);
      throw failure;
    }
  }

  send(message: EncodedMessage, memory?: MessageMemory): void {
    if (this.#isOver || this.#start === undefined) return this.#status.drop(message, "closed");
    this.#givenBytes += message.payload.byteLength;
    this.#start.host.send(message, memory);
  }

  /** Settles when the server holds everything, for all viewers. */
  async flush(): Promise<void> {
    this.#throwIfBroken();
    if (this.#isOver) return;
    await this.#start?.host.flush();
    this.#throwIfBroken();
  }

  /** Viewers that are connected get everything; then the port is free again. */
  close(options: SinkFlushOptions): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  /** From a worker viewers still get everything within the time. */
  closeSync(deadlineMs: number): void {
    if (this.#isOver) return;
    const isDone = this.#start?.host.closeSync(deadlineMs) ?? true;
    this.#status.change("closed");
    if (!isDone) this.#status.warn(`not all viewers at ${this.url} have got everything in time`);
  }

  stats(): SinkStats {
    const queuedBytes = this.#isOver ? 0 : (this.#start?.host.queuedBytes ?? 0);
    this.#status.queuedBytes = queuedBytes;
    this.#status.sentBytes = this.#givenBytes - queuedBytes;
    return this.#status.stats();
  }

  /** How the server is doing. */
  serverStats(): RelayStats {
    return this.#start?.host.stats() ?? EMPTY_STATS;
  }

  get #isOver(): boolean {
    return this.#status.state === "broken" || this.#status.state === "closed";
  }

  async #close({ timeoutMs = CLOSE_MS }: SinkFlushOptions): Promise<void> {
    this.#throwIfBroken();
    if (this.#isOver) return;
    await this.#start?.host.close(Math.min(timeoutMs, LONGEST_MS));
    if (!this.#isOver) this.#status.change("closed");
  }

  #throwIfBroken(): void {
    if (this.#status.state === "broken") throw this.#status.lastError as RerunError;
  }
}
