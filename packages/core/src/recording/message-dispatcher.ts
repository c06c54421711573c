import { DEFAULT_BATCHING, type BatcherConfig } from "../batch/batcher-config.ts";
import type { LoggedChunk } from "../batch/logged-chunk.ts";
import { copyTuid, type Tuid } from "../batch/tuid.ts";
import { RerunError, isRerunError, messageOf } from "../errors/rerun-error.ts";
import { checkOptions } from "../checks/check-arguments.ts";
import type { BlueprintActivation } from "../rrd/encode/blueprint-activation.ts";
import { ChunkEncoder } from "../rrd/encode/chunk-encoder.ts";
import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { encodeStoreInfo } from "../rrd/encode/store-info.ts";
import { BufferingSink } from "../sink/buffering-sink.ts";
import type { Sink } from "../sink/sink.ts";
import { VERSION } from "../version.ts";
import { encodeBlueprint } from "./encode-blueprint.ts";
import type { EventHub } from "./events.ts";
import { InitialMessages } from "./initial-messages.ts";
import { OrderedSender } from "./ordered-sender.ts";
import type { BlueprintLike, FlushOptions, FlushResult, RecordingStats, SetSinksOptions } from "./recording-options.ts";
import type { RecordingSetup } from "./recording-setup.ts";
import { toRerunError } from "../errors/to-rerun-error.ts";
import { reportingErrors } from "./report-failures.ts";
import type { Reporter } from "./reporter.ts";
import { NO_SINKS, SinkEvents } from "./sink-events.ts";
import { SinkSet, type SinkReplacement } from "./sink-set.ts";
import { flushResultOf } from "./flush-result.ts";
import { withDeadline } from "../async/with-deadline.ts";

/** The default of `timeoutMs` of `close`. */
const CLOSE_TIMEOUT_MS = 5000;
/** Grace for a sink that exceeds its time for closing. */
const CLOSE_GRACE_MS = 500;

/** The rows of a recording, which are the source of chunks for the dispatcher. */
export interface RowSource {
  readonly batcher: {
    config: BatcherConfig;
    /** Sends the pending rows, as chunks, before it returns. */
    flush(): void;
  };
  /** Whether rows are logged. */
  isOpen: boolean;
  /** A new id. */
  nextId(): Tuid;
}

/** The recording that the dispatcher belongs to. */
export interface DispatcherOwner {
  /** The rows of the recording. Not used before the first sinks are set. */
  readonly rows: () => RowSource;
  /** Called when the recording may have become live, or may have ceased to be live. */
  readonly updateLive: () => void;
}

/**
 * Passes chunks from the batcher to the sinks: encodes each chunk once, and sends it to all sinks. The dispatcher also
 * replaces, flushes and closes the sinks. {@link OrderedSender} preserves the order of messages,
 * {@link InitialMessages} holds the first messages of later sinks, and {@link SinkSet} holds the sinks.
 */
export class MessageDispatcher {
  readonly sinks: SinkSet;
  readonly sender: OrderedSender;
  /** Chunks and bytes that were sent. */
  chunks = 0;
  bytes = 0;
  /** The result of `close`, once it has begun. */
  closing: Promise<FlushResult> | undefined;
  readonly #setup: RecordingSetup;
  readonly #reporter: Reporter;
  readonly #owner: DispatcherOwner;
  readonly #encoder: ChunkEncoder;
  readonly #initial: InitialMessages;
  #isReplacing = false;

  constructor(setup: RecordingSetup, events: EventHub, reporter: Reporter, owner: DispatcherOwner) {
    const { applicationId, recordingId, compression } = setup;
    this.#setup = setup;
    this.#reporter = reporter;
    this.#owner = owner;
    const storeId: StoreId = { kind: "recording", applicationId, recordingId };
    this.#encoder = new ChunkEncoder(storeId, compression);
    this.#initial = new InitialMessages(
      () => encodeStoreInfo(storeId, `rerun-ts ${VERSION}`, copyTuid(owner.rows().nextId())),
      setup.maxRetainedBytes,
    );
    const shared = {
      applicationId,
      recordingId,
      flushRows: () => this.flushRows(),
      sendInOrder: (send: () => void) => this.sender.sendInOrder(send),
      recycle: (payload: Uint8Array<ArrayBuffer>) => this.#encoder.pool.give(payload),
      copy: (payload: Uint8Array<ArrayBuffer>) => this.#encoder.pool.copy(payload),
    };
    const sinkEvents = new SinkEvents(shared, events, reporter);
    this.sinks = new SinkSet(sinkEvents, setup.maxBacklogBytes, owner.updateLive);
    this.sender = new OrderedSender(
      (message, isExclusive) => this.sinks.send(message, !this.#initial.retain(message) && isExclusive),
      (send) => sinkEvents.mergeDrops(send),
    );
  }

  /** Limits of batching: those of the user, or else those of the sinks and the host. */
  get batching(): BatcherConfig {
    const { batcher, hostBatcher } = this.#setup;
    if (batcher !== undefined) return { ...DEFAULT_BATCHING, ...batcher };
    return { ...this.sinks.batching, ...hostBatcher };
  }

  /** Statistics of the data sent so far. */
  stats(): Omit<RecordingStats, "rows" | "warnings"> {
    const sinks = this.sinks.stats();
    return {
      chunks: this.chunks,
      bytes: this.bytes,
      droppedRows: this.sinks.droppedRows,
      backlogBytes: sinks.reduce((sum, { state, queuedBytes }) => sum + (state === "buffering" ? queuedBytes : 0), 0),
      sinks,
    };
  }

  /** Encodes a chunk and sends it. The chunk's memory may be reused when this returns. */
  send(chunk: LoggedChunk): void {
    const { takesBuffers, keepsMessages } = this.sinks;
    const isKept = keepsMessages || this.sender.isSending || chunk.times.length === 0;
    let message: EncodedMessage;
    try {
      message = this.#encoder.encode(chunk, isKept);
    } catch (error) {
      const text = `${chunk.to - chunk.from} rows of \`${chunk.entityPath}\` are lost: ${messageOf(error)}`;
      return this.#reporter.error(new RerunError("INTERNAL", text, { cause: error }));
    }
    this.chunks++;
    this.bytes += message.payload.byteLength;
    this.sender.send([message], true);
    if (!isKept && !takesBuffers) this.#encoder.pool.give(message.payload);
  }

  /** Notifies the sinks whether more messages follow before the logging call returns. */
  expectMore(isMore: boolean): void {
    this.sinks.expectMore(isMore);
  }

  /** Sends a blueprint and its activation. */
  sendBlueprint(blueprint: BlueprintLike, activation: BlueprintActivation): void {
    const messages = encodeBlueprint(blueprint, this.#setup.applicationId, activation);
    this.#initial.hasBlueprint ||= messages.length > 0;
    this.sender.send(messages, false);
  }

  /** See {@link RecordingStream.setSinks}. */
  async setSinks(sinks: readonly Sink[], options: SetSinksOptions): Promise<void> {
    // Sinks as separate arguments are not a list. The error below explains that better than one about options.
    if (Array.isArray(sinks)) checkOptions("setSinks", options, { defaultBlueprint: 1 });
    if (this.#isBusy) await Promise.resolve();
    this.#checkOpen();
    const reporter = this.#reporter;
    if (!this.#setup.enabled) return reporter.notice("the recording is disabled: sinks are ignored", "DISABLED");
    const { opened, closed } = reportingErrors(reporter, () => this.#replace(sinks, {}, options.defaultBlueprint));
    if (this.sinks.sinks.some(({ kind }) => kind === "none")) reporter.notice(NO_SINKS);
    const [opening, closing] = await Promise.allSettled([opened, closed]);
    // Failures of the previous sinks are reported, but are not a failure of the new ones.
    if (closing.status === "rejected") reporter.error(toRerunError(closing.reason));
    if (opening.status === "rejected") throw opening.reason;
  }

  /** Buffers new data for the next sinks, and lets the previous ones close. */
  hold(options: FlushOptions): SinkReplacement {
    return this.#replace([new BufferingSink(this.#setup.maxBacklogBytes)], options);
  }

  /** See {@link RecordingStream.disconnect}. */
  async disconnect(options: FlushOptions): Promise<FlushResult> {
    if (this.#isBusy) await Promise.resolve();
    this.#checkOpen();
    const { closed, leaving } = this.hold(options);
    const complete = await withDeadline(closed, options, CLOSE_GRACE_MS).catch(this.#noteTimeout);
    return flushResultOf(
      complete,
      leaving.map((slot) => slot.stats()),
    );
  }

  /** See {@link RecordingStream.flush}. */
  async flush(options: FlushOptions): Promise<FlushResult> {
    // The caller is a listener or a sink: the messages that it has logged are sent before the next microtask.
    if (this.sender.isSending) await Promise.resolve();
    this.flushRows();
    const isDone = await withDeadline(this.sinks.flush(options), options).catch(unlessTimeIsUp);
    return this.result(isDone && (options.ack !== true || this.sinks.lostRows === 0));
  }

  /** See {@link RecordingStream.close}. */
  async close(given: FlushOptions): Promise<FlushResult> {
    const options = { timeoutMs: CLOSE_TIMEOUT_MS, ...given };
    this.flushLastRows();
    if (this.#isBusy) {
      // The caller is a listener or a sink: everything that was logged is sent before the next microtask.
      await Promise.resolve();
      this.flushRows();
    }
    let isComplete = true;
    const closing = this.sinks.close(options, (error) => (isComplete = this.#noteTimeout(error)));
    try {
      // Sinks end within the time by themselves, and then report their dropped rows.
      const isInTime = await withDeadline(closing, options, CLOSE_GRACE_MS);
      return this.result(isInTime && isComplete && this.sinks.lostRows === 0);
    } finally {
      this.#owner.updateLive();
    }
  }

  /** Reports that a sink had too little time to close. Throws any other failure. */
  readonly #noteTimeout = (error: Error): false => {
    unlessTimeIsUp(error);
    this.#reporter.notice(error.message, "TIMEOUT");
    return false;
  };

  /** Notes that the sinks were closed without the event loop. */
  onClosed(): void {
    this.closing ??= Promise.resolve(this.result(true));
    this.#owner.updateLive();
  }

  /** Result of a flush or a close of all sinks. */
  result(complete: boolean): FlushResult {
    return flushResultOf(complete, this.sinks.stats(), this.sinks.droppedRows);
  }

  /** Sends pending rows, including the rows that sinks and listeners log meanwhile. */
  flushRows(): void {
    this.#owner.rows().batcher.flush();
    this.sender.sendNested();
  }

  /**
   * Sends pending rows, including the rows that sinks and listeners log meanwhile. Afterwards the recording refuses to
   * log.
   */
  flushLastRows(): void {
    this.flushRows();
    this.#owner.rows().isOpen = false;
    this.flushRows();
  }

  /** Whether sinks are being sent messages or replaced: a listener or a sink that calls must wait to replace them. */
  get #isBusy(): boolean {
    return this.sender.isSending || this.#isReplacing;
  }

  #checkOpen(): void {
    if (this.closing !== undefined) throw new RerunError("CLOSED", "the recording is closed; create a new one");
  }

  /** Lets other sinks take over, which are sent the retained state and the default blueprint first. */
  #replace(sinks: readonly Sink[], closeOptions: FlushOptions, defaultBlueprint?: BlueprintLike): SinkReplacement {
    const blueprint = this.#encodeDefaultBlueprint(defaultBlueprint);
    this.#isReplacing = true;
    try {
      const replacement = this.sinks.replace(sinks, {
        flushRows: () => this.flushRows(),
        sendInOrder: (send) => {
          // First, because one of the new sinks may end the process.
          this.#encoder.byteCost = this.sinks.byteCost;
          this.#owner.rows().batcher.config = this.batching;
          this.#owner.updateLive();
          this.sender.sendInOrder(send);
        },
        open: (backlog) => this.#initial.inOrder(backlog, blueprint, this.sinks.isOnHold),
        closeOptions,
      });
      // The sinks that close may still have messages to send.
      this.#owner.updateLive();
      return replacement;
    } finally {
      this.#isReplacing = false;
    }
  }

  /** An invalid layout is a separate problem: the data goes to the sinks without it, except in strict mode. */
  #encodeDefaultBlueprint(blueprint: BlueprintLike | undefined): readonly EncodedMessage[] {
    if (blueprint === undefined) return [];
    try {
      return encodeBlueprint(blueprint, this.#setup.applicationId, { makeActive: false, makeDefault: true });
    } catch (error) {
      this.#reporter.invalid(error, { argument: "defaultBlueprint", consequence: "it was not sent" });
      return [];
    }
  }
}

/** Returns `false` for a sink that timed out, and throws any other failure. */
function unlessTimeIsUp(error: unknown): false {
  if (isRerunError(error) && error.code === "TIMEOUT") return false;
  throw error;
}
