import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { storeKey } from "../rrd/encode/store-id.ts";
import { withDeadline } from "../async/with-deadline.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { SimpleSink } from "../sink/simple-sink.ts";
import type { RecordingSinkContext, SinkFlushOptions } from "../sink/sink.ts";

/** The work of a recorder for each of its recordings. */
export interface RecorderHooks {
  open(context: RecordingSinkContext): void;
  add(message: EncodedMessage): void;
  /** The recording is closed, or has other sinks now. `storeIds` are those of its messages. */
  close(context: RecordingSinkContext, storeIds: readonly StoreId[]): void;
  /** Makes the dumps that are under way. Settles when the handlers have taken them, or have failed. */
  settle(context: RecordingSinkContext): Promise<void>;
  /** Makes the dumps that are under way, and calls the handlers. */
  settleSync(context: RecordingSinkContext): void;
}

/** The part of a flight recorder in one recording. */
export class RecorderSink extends SimpleSink {
  override readonly key: string;
  /** The handlers of dumps need it. */
  readonly needsEventLoop = true;
  readonly #hooks: RecorderHooks;
  readonly #storeIds = new Map<string, StoreId>();
  #context: RecordingSinkContext | undefined;

  /** @param key the same for all recordings of a recorder */
  constructor(key: string, hooks: RecorderHooks) {
    super("flight-recorder");
    this.key = key;
    this.#hooks = hooks;
  }

  override open(context: RecordingSinkContext): void {
    super.open(context);
    this.#context = context;
    this.#hooks.open(context);
  }

  send(message: EncodedMessage): void {
    if (this.status.state !== "open") return this.status.drop(message, "closed");
    if (message.kind === "storeInfo") this.#storeIds.set(storeKey(message.storeId), message.storeId);
    this.status.sentBytes += message.payload.byteLength;
    this.#hooks.add(message);
  }

  override async close(options: SinkFlushOptions = {}): Promise<void> {
    const context = this.#context;
    try {
      if (context !== undefined && !this.status.isEnded && !(await withDeadline(this.#hooks.settle(context), options)))
        throw new RerunError("TIMEOUT", "a handler of a dump takes longer than `close` waits; raise its `timeoutMs`");
    } finally {
      this.closeSync();
    }
  }

  override closeSync(): void {
    const context = this.#context;
    if (this.status.isEnded) return;
    if (context !== undefined) {
      this.#hooks.settleSync(context);
      this.#hooks.close(context, [...this.#storeIds.values()]);
    }
    super.closeSync();
  }
}
