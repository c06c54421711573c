import {
  RerunError,
  type BatcherConfig,
  type EncodedMessage,
  type Sink,
  type SinkContext,
  type SinkFlushOptions,
  type SinkStats,
} from "@rerun-ts/core";
import { BATCHER_PRESETS, SinkStatus } from "@rerun-ts/core/internal";
import { GrpcSink } from "../transport/grpc/grpc-sink.ts";
import type { SpawnInfo } from "./start-viewer.ts";

/** The proxy URL of a viewer on this machine. */
export function viewerUrl(port: number): string {
  return `rerun+http://127.0.0.1:${port}/proxy`;
}

/**
 * The sink of `recording.spawn`: starts a viewer when it is opened, and then delegates to a {@link GrpcSink}. Messages
 * that are sent while the viewer starts are kept by the recording. If the viewer cannot be started, the sink is
 * `broken` with the error, and everything is kept for the next sink.
 */
export class ViewerSink implements Sink {
  readonly kind = "grpc";
  readonly batching: Partial<BatcherConfig> = BATCHER_PRESETS.lowLatency;
  readonly needsEventLoop = true;
  readonly takesBuffers = true;
  readonly keepsBacklogOnFailure = true;
  /** Settles once the viewer was started, with `waitForBind` once it listens; rejects if that fails. */
  readonly started: Promise<SpawnInfo>;
  readonly port: number;
  readonly #status = new SinkStatus("grpc");
  /** The key until the address of the viewer is known: different from that of any other sink. */
  readonly #ownKey = `spawn:${crypto.randomUUID()}`;
  readonly #start: () => Promise<SpawnInfo>;
  #onStarted: (info: SpawnInfo | PromiseLike<SpawnInfo>) => void = () => {};
  #grpc: GrpcSink | undefined;

  /**
   * @param port the port on which the viewer is to listen
   * @param start starts the viewer; called once, when the sink is opened
   */
  constructor(port: number, start: () => Promise<SpawnInfo>) {
    this.port = port;
    this.#start = start;
    this.started = new Promise((resolve) => (this.#onStarted = resolve));
    this.started.catch(() => {});
  }

  get key(): string {
    return this.#grpc?.key ?? this.#ownKey;
  }

  /** Whether the viewer is being started. */
  get isStarting(): boolean {
    return this.#grpc === undefined && this.#status.state === "connecting";
  }

  async open(context: SinkContext): Promise<void> {
    this.#status.attach(context);
    const starting = this.#start();
    this.#onStarted(starting);
    try {
      const { port } = await starting;
      const grpc = new GrpcSink(viewerUrl(port));
      grpc.open(context);
      this.#grpc = grpc;
    } catch (error) {
      const failure = RerunError.from(error);
      this.#status.change("broken", failure);
      throw failure;
    }
  }

  send(message: EncodedMessage): void {
    this.#grpc?.send(message);
  }

  async flush(options: SinkFlushOptions): Promise<void> {
    await this.#grpc?.flush(options);
  }

  async close(options: SinkFlushOptions): Promise<void> {
    await this.#grpc?.close(options);
  }

  closeSync(deadlineMs: number): void {
    this.#grpc?.closeSync(deadlineMs);
  }

  stats(): SinkStats {
    return this.#grpc?.stats() ?? this.#status.stats();
  }
}
