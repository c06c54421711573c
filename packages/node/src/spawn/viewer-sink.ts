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
import { BATCHER_PRESETS, MessageQueue, SinkStatus } from "@rerun-ts/core/internal";
import { GrpcSink } from "../grpc/grpc-sink.ts";
import type { SpawnInfo } from "./start-viewer.ts";

/** How much is kept while the viewer starts. */
const MAX_WAITING_BYTES = 2 ** 30;

/** The address of a viewer on this machine. */
export function viewerUrl(port: number): string {
  return `rerun+http://127.0.0.1:${port}/proxy`;
}

/**
 * Sends to a viewer that is being started: keeps everything until it is there, then is a {@link GrpcSink}. If it cannot be
 * started everything stays for the next sink.
 */
export class ViewerSink implements Sink {
  readonly kind = "grpc";
  readonly batching: Partial<BatcherConfig> = BATCHER_PRESETS.lowLatency;
  readonly needsEventLoop = true;
  /** Settles when there is a viewer; rejects if there is none. Begins when the sink is opened. */
  readonly started: Promise<SpawnInfo>;
  readonly port: number;
  readonly #status = new SinkStatus("grpc");
  readonly #waiting = new MessageQueue(MAX_WAITING_BYTES);
  /** Until its address is known it is like no other sink. */
  readonly #ownKey = `spawn:${randomUUID()}`;
  readonly #start: () => Promise<SpawnInfo>;
  #onStarted: (info: SpawnInfo | PromiseLike<SpawnInfo>) => void = () => {};
  #grpc: GrpcSink | undefined;

  /** @param port where it is to listen */
  constructor(port: number, start: () => Promise<SpawnInfo>) {
    this.port = port;
    this.#start = start;
    this.started = new Promise((resolve) => (this.#onStarted = resolve));
    this.started.catch(() => {});
  }

  get key(): string {
    return this.#grpc?.key ?? this.#ownKey;
  }

  get isStarting(): boolean {
    return this.#grpc === undefined && this.#status.state === "connecting";
  }

  get isSynchronous(): boolean {
    return this.#grpc?.isSynchronous ?? false;
  }

  open(context: SinkContext): void {
    this.#status.attach(context);
    this.#onStarted(this.#startAndConnect(context));
  }

  send(message: EncodedMessage, memory?: MessageMemory): void {
    if (this.#grpc !== undefined) this.#grpc.send(message, memory);
    else if (this.#status.state === "closed") this.#status.drop(message, "closed");
    else this.#status.dropAll(this.#waiting.push(message), "queue-full");
  }

  async flush(options: SinkFlushOptions): Promise<void> {
    await this.started;
    await this.#grpc?.flush(options);
  }

  async close(options: SinkFlushOptions): Promise<void> {
    if (this.isStarting) await this.started.catch(() => {});
    if (this.#grpc !== undefined) return this.#grpc.close(options);
    this.closeSync(0);
    if (this.#status.state === "broken") throw this.#status.lastError;
  }

  closeSync(deadlineMs: number): void {
    if (this.#grpc !== undefined) return this.#grpc.closeSync(deadlineMs);
    this.#status.dropAll(this.#waiting.takeAll(), "closed");
    if (this.isStarting) this.#status.change("closed");
  }

  /** While it starts nothing is given back: it will be sent. */
  takeBacklog(): EncodedMessage[] {
    return this.#status.state === "broken" ? this.#waiting.takeAll() : [];
  }

  stats(): SinkStats {
    return this.#grpc?.stats() ?? { ...this.#status.stats(), queuedBytes: this.#waiting.bytes };
  }

  async #startAndConnect(context: SinkContext): Promise<SpawnInfo> {
    try {
      const info = await this.#start();
      if (this.isStarting) this.#connect(info.port, context);
      return info;
    } catch (error) {
      const failure = RerunError.from(error);
      if (this.isStarting) this.#status.change("broken", failure);
      throw failure;
    }
  }

  #connect(port: number, context: SinkContext): void {
    const grpc = new GrpcSink(viewerUrl(port));
    grpc.open(context);
    for (const message of this.#waiting.takeAll()) grpc.send(message);
    this.#grpc = grpc;
  }
}
