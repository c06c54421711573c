import type { RerunError, RerunErrorCode } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { DropReason, RecordingSinkContext, SinkDrop, SinkState, SinkStats } from "./sink.ts";

/** Keeps the state and the statistics of one sink, and reports changes to its recording. */
export class SinkStatus {
  state: SinkState;
  queuedBytes = 0;
  sentBytes = 0;
  droppedRows = 0;
  droppedBytes = 0;
  reconnects = 0;
  lastError: RerunError | undefined;
  readonly #kind: string;
  #context: RecordingSinkContext | undefined;

  constructor(kind: string, state: SinkState = "connecting") {
    this.#kind = kind;
    this.state = state;
  }

  /** Whether the sink takes no more messages. */
  get isEnded(): boolean {
    return this.state === "broken" || this.state === "closed";
  }

  /** @throws {RerunError} the reason, if the sink is broken */
  throwIfBroken(): void {
    if (this.state === "broken") throw this.lastError as RerunError;
  }

  /** From now on changes are reported to `context`. */
  attach(context: RecordingSinkContext): void {
    this.#context = context;
  }

  /** Asks the recording to send the rows that are still in its batcher. */
  flushRows(): void {
    this.#context?.flushRows();
  }

  change(state: SinkState, error?: RerunError): void {
    if (error !== undefined) this.lastError = error;
    if (state === this.state) return;
    this.state = state;
    this.#context?.onState(state, error);
  }

  /** Counts and reports a message as dropped. */
  drop(message: EncodedMessage, reason: DropReason): void {
    this.dropAll([message], reason);
  }

  dropAll(messages: readonly EncodedMessage[], reason: DropReason, isReported = false): void {
    if (messages.length === 0) return;
    let rows = 0;
    let bytes = 0;
    for (const message of messages) {
      rows += message.manifest?.rows ?? 0;
      bytes += message.payload.byteLength;
    }
    this.countDrop({ rows, bytes, reason, isReported });
  }

  /** Counts and reports messages that were dropped elsewhere. */
  countDrop(drop: SinkDrop): void {
    this.droppedRows += drop.rows;
    this.droppedBytes += drop.bytes;
    this.#context?.onDrop(drop);
  }

  warn(message: string, code?: RerunErrorCode): void {
    this.#context?.onWarning(message, code);
  }

  stats(): SinkStats {
    const { state, queuedBytes, sentBytes, droppedRows, droppedBytes, reconnects, lastError } = this;
    return { kind: this.#kind, state, queuedBytes, sentBytes, droppedRows, droppedBytes, reconnects, lastError };
  }
}
