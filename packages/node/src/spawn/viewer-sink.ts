import { RerunError, type BatcherConfig, type SinkStats } from "@rerun-ts/core";
import { BATCHER_PRESETS } from "@rerun-ts/core/recording";
import { SinkGroup, SinkSlot, SinkStatus, type RecordingSinkContext } from "@rerun-ts/core/transport";
import { GrpcSink } from "../transport/grpc/grpc-sink.ts";
import type { SpawnInfo } from "./start-viewer.ts";
import { spawnedViewerUrl } from "./spawned-viewer-url.ts";

/**
 * The sink of `recording.spawn`. Opening the sink starts a viewer. The sink then passes all messages to a
 * {@link GrpcSink}. The recording keeps messages while the viewer starts. If the viewer cannot be started, the sink is
 * `broken` with the error, and the recording keeps all messages for the next sink.
 */
export class ViewerSink extends SinkGroup {
  override readonly batching: Partial<BatcherConfig> = BATCHER_PRESETS.lowLatency;
  override readonly needsEventLoop = true;
  override readonly takesBuffers = true;
  override readonly keepsBacklogOnFailure = true;
  /** Settles once the viewer has started, or with `waitForBind` once it listens. Rejects if that fails. */
  readonly started: Promise<SpawnInfo>;
  readonly port: number;
  readonly #status = new SinkStatus("grpc");
  readonly #start: () => Promise<SpawnInfo>;
  #onStarted: (info: SpawnInfo | PromiseLike<SpawnInfo>) => void = () => {};

  /**
   * @param port the port for the viewer
   * @param start starts the viewer. Called once, when the sink is opened
   */
  constructor(port: number, start: () => Promise<SpawnInfo>) {
    super("grpc", `spawn:${crypto.randomUUID()}`, []);
    this.port = port;
    this.#start = start;
    this.started = new Promise((resolve) => (this.#onStarted = resolve));
    this.started.catch(() => {});
  }

  /** The destination. Until the address of the viewer is known, the key differs from that of any other sink. */
  override get key(): string {
    return this.slots[0]?.sink.key ?? super.key;
  }

  /** Whether the viewer is being started. */
  get isStarting(): boolean {
    return this.slots.length === 0 && this.#status.state === "connecting";
  }

  override async open(context: RecordingSinkContext): Promise<void> {
    this.#status.attach(context);
    const starting = this.#start();
    this.#onStarted(starting);
    try {
      const { port } = await starting;
      const slot = new SinkSlot(new GrpcSink(spawnedViewerUrl(port)), context);
      slot.open();
      this.slots = [slot];
    } catch (error) {
      const failure = RerunError.from(error);
      this.#status.change("broken", failure);
      throw failure;
    }
  }

  override stats(): SinkStats {
    return this.slots.length === 0 ? this.#status.stats() : super.stats();
  }
}
