import {
  RerunError,
  type BatcherConfig,
  type EncodedMessage,
  type SinkFlushOptions,
  type SinkStats,
} from "@rerun-ts/core";
import { describeIgnored, differingOptions } from "@rerun-ts/core/checks";
import { BATCHER_PRESETS } from "@rerun-ts/core/recording";
import {
  SinkStatus,
  compactMessage,
  releasePayload,
  type RecordingSink,
  type RecordingSinkContext,
  type SinkTakeover,
} from "@rerun-ts/core/transport";
import { EMPTY_STATS, type RelayStats } from "../relay-stats.ts";
import { toUrlHost } from "../../net/host-names.ts";
import {
  checkServerOptions,
  serverUrl,
  type GrpcServerSettings,
  type GrpcServerSinkOptions,
} from "./grpc-server-options.ts";
import { setRelayEndpoint } from "./relay-endpoint.ts";
import { RelayLauncher } from "../hosting/relay-launcher.ts";

/** Longest time that readers may take to receive the rest when the sink is closed without a deadline. */
const CLOSE_MS = 5000;
/** The longest delay of a timer that is used here. */
const MAX_TIMEOUT_MS = 2 ** 30;

/**
 * Lets viewers connect to this program. It serves the recording, and the data of other programs, on one port, as `rerun
 * --serve-grpc` does. Later viewers receive the retained data first. A slow viewer blocks neither the program nor other
 * viewers.
 *
 * The server runs in a worker, or in the calling thread if there can be none. The sink is `open` once it listens. If
 * the port cannot be bound, it is `broken` with the code `LISTEN_FAILED`, and everything is kept for the next sink.
 * Closing sends connected viewers the pending data, for at most 5 seconds by default. Use `rec.serveGrpc()` unless it
 * is one of several.
 *
 * @example
 * const server = new rr.GrpcServerSink({ port: 9877 });
 * await rec.setSinks([server, new rr.FileSink("robot.rrd")]);
 * console.log(server.url); // rerun+http://127.0.0.1:9877/proxy
 */
export class GrpcServerSink implements RecordingSink {
  readonly kind = "grpc-server";
  readonly key: string;
  readonly place: string;
  readonly batching: Partial<BatcherConfig> = BATCHER_PRESETS.lowLatency;
  readonly needsEventLoop = true;
  readonly takesBuffers = true;
  readonly keepsBacklogOnFailure = true;
  readonly #settings: GrpcServerSettings;
  readonly #options: GrpcServerSinkOptions;
  readonly #status: SinkStatus;
  #listening: Promise<void> = Promise.resolve();
  #launcher: RelayLauncher | undefined;
  #context: RecordingSinkContext | undefined;
  #port: number;
  #sentBytes = 0;
  #closing: Promise<void> | undefined;

  /** @throws {TypeError} if an option is wrong */
  constructor(options?: GrpcServerSinkOptions) {
    this.#options = options ?? {};
    this.#settings = checkServerOptions("GrpcServerSink", options);
    const { bindIp, port } = this.#settings.server;
    this.#port = port;
    this.place = this.key = `grpc-server:${port === 0 ? crypto.randomUUID() : `${toUrlHost(bindIp)}:${port}`}`;
    this.#status = new SinkStatus("grpc-server");
    setRelayEndpoint(this, () => {
      const { writeToken, access } = this.#settings.server;
      const url = this.url.replace(/^rerun(\+http)?:/, (_, plain) => (plain === undefined ? "wss:" : "ws:"));
      return {
        url: url.replace(/\/proxy$/, "/ws"),
        viewerUrl: this.url,
        token: writeToken,
        lacksToken: writeToken === undefined && access !== undefined,
      };
    });
  }

  /** The port. With the option 0, the actual port once the server is open. */
  get port(): number {
    return this.#launcher?.runner.port ?? this.#port;
  }

  /** The URL for viewers, e.g. `rerun+http://127.0.0.1:9876/proxy`. */
  get url(): string {
    return serverUrl(this.#settings.server, this.port);
  }

  /** Whether the server listens, also while the event loop does not run. */
  get isReady(): boolean {
    return this.#launcher?.runner.port !== undefined;
  }

  /** Starts to listen. Rejects with `LISTEN_FAILED` if that fails. */
  open(context: RecordingSinkContext): Promise<void> {
    this.#status.attach(context);
    this.#context = context;
    this.#listening = this.#listen(context);
    return this.#listening;
  }

  /** Settles once the server listens. Rejects with `LISTEN_FAILED` if it cannot. */
  listening(): Promise<void> {
    return this.#listening;
  }

  send(message: EncodedMessage): void {
    if (this.#status.isEnded || this.#launcher === undefined) return this.#status.drop(message, "closed");
    this.#sentBytes += message.payload.byteLength;
    this.#launcher.runner.send(this.#context === undefined ? message : compactMessage(message, this.#context));
  }

  /** Settles when the server has everything. Viewers may still be receiving it. */
  async flush(): Promise<void> {
    this.#status.throwIfBroken();
    if (this.#status.isEnded) return;
    await this.#launcher?.runner.flush();
    this.#status.throwIfBroken();
  }

  /** Sends connected viewers the pending data, and then closes the port. */
  close(options: SinkFlushOptions): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  beginClose(deadlineMs: number): void {
    if (!this.#status.isEnded) this.#launcher?.runner.beginClose?.(deadlineMs);
  }

  /**
   * Closes synchronously. A worker sends viewers the pending data within the time. Without a worker this data is
   * dropped.
   */
  closeSync(deadlineMs: number): void {
    if (this.#status.isEnded) return;
    const isDone = this.#launcher?.runner.closeSync(deadlineMs) ?? true;
    this.#status.change("closed");
    if (!isDone) this.#warnOfViewers();
  }

  takeOver(other: RecordingSink): SinkTakeover {
    if (!(other instanceof GrpcServerSink)) return {};
    return { notice: describeIgnored(this, differingOptions(this.#options, other.#options)) };
  }

  stats(): SinkStats {
    const queuedBytes = this.#status.isEnded ? 0 : (this.#launcher?.runner.queuedBytes ?? 0);
    this.#status.queuedBytes = queuedBytes;
    this.#status.sentBytes = this.#sentBytes - queuedBytes;
    return this.#status.stats();
  }

  /** The statistics of the server. */
  serverStats(): RelayStats {
    return this.#launcher?.runner.stats() ?? EMPTY_STATS;
  }

  async #listen(context: RecordingSinkContext): Promise<void> {
    if (this.#settings.notice !== undefined) this.#status.warn(this.#settings.notice);
    this.#launcher = new RelayLauncher(this.#settings, {
      onFallback: (reason) =>
        this.#status.warn(`no worker to serve ${this.url} (${reason}); the calling thread serves instead`),
      onLost: (error) => {
        if (!this.#status.isEnded) this.#status.change("broken", error);
      },
      onRejected: (reason, rows, bytes) => {
        this.#status.countDrop({ rows, bytes, reason: "closed", isReported: true });
        this.#status.warn(`a message was rejected: ${reason}`);
      },
      onRefused: (reason) => this.#status.warn(`refused a client: ${reason}`),
      onUnreceived: (rows, bytes) => this.#status.countDrop({ rows, bytes, reason: "closed" }),
      onRelease: (payload) => releasePayload(payload, context),
    });
    try {
      this.#port = await this.#launcher.listening;
      if (!this.#status.isEnded) this.#status.change("open");
    } catch (error) {
      const failure = RerunError.from(error);
      if (!this.#status.isEnded) this.#status.change("broken", failure);
      throw failure;
    }
  }

  async #close({ timeoutMs = CLOSE_MS }: SinkFlushOptions): Promise<void> {
    this.#status.throwIfBroken();
    if (this.#status.isEnded) return;
    const isDone = (await this.#launcher?.runner.close(Math.min(timeoutMs, MAX_TIMEOUT_MS))) ?? true;
    // The worker may have been lost meanwhile, with data that it had not received.
    this.#status.throwIfBroken();
    if (this.#status.isEnded) return;
    this.#status.change("closed");
    if (!isDone) this.#warnOfViewers();
  }

  /** Rows that the server has received are not dropped: one viewer may lack them, and another one have them. */
  #warnOfViewers(): void {
    this.#status.warn(`timed out before all viewers at ${this.url} had received everything`);
  }
}
