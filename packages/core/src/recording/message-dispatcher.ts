import { DEFAULT_BATCHING, type BatcherConfig } from "../batch/batcher-config.ts";
import type { Chunk } from "../batch/chunk.ts";
import { copyTuid, type Tuid } from "../batch/tuid.ts";
import { RerunError, isRerunError, messageOf } from "../errors.ts";
import { wrongType } from "../invalid-value-error.ts";
import { encodeBlueprintActivation, type BlueprintActivation } from "../rrd/encode/blueprint-activation.ts";
import { ChunkEncoder } from "../rrd/encode/chunk-encoder.ts";
import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { encodeStoreInfo } from "../rrd/encode/store-info.ts";
import { RetainedMessages } from "../sink/retained-messages.ts";
import type { Sink, SinkFlushOptions, SinkStats } from "../sink/sink.ts";
import { VERSION } from "../version.ts";
import type { EventHub } from "./events.ts";
import type { BlueprintLike, FlushOptions, FlushResult } from "./recording-options.ts";
import type { RecordingSetup } from "./recording-setup.ts";
import type { Reporter } from "./reporter.ts";
import { SinkEvents } from "./sink-events.ts";
import { SinkSet, type SinkReplacement } from "./sink-set.ts";
import { withDeadline } from "../with-deadline.ts";

/** Grace for a sink that does not end by itself within its time. */
const CLOSE_GRACE_MS = 500;
/** Delay of messages that come from logging within logging. */
const NESTED_DELAY_MS = 10;

/** Part of the recording that the dispatcher uses: the source of its chunks. */
export interface ChunkSource {
  /** Sends the pending rows, as chunks, before it returns. */
  readonly flushRows: () => void;
  /** A new id. */
  readonly nextId: () => Tuid;
  /** Called when a sink that was closing is closed. */
  readonly onSinkClosed: () => void;
}

/** Takes chunks from the batcher to the sinks: encodes each of them once, and sends it to all. */
export class MessageDispatcher {
  readonly sinks: SinkSet;
  /** Chunks and bytes that were sent. */
  chunks = 0;
  bytes = 0;
  readonly #setup: RecordingSetup;
  readonly #reporter: Reporter;
  readonly #source: ChunkSource;
  readonly #storeId: StoreId;
  readonly #encoder: ChunkEncoder;
  readonly #sinkEvents: SinkEvents;
  /** Messages that are sent first to sinks that are set later. */
  readonly #retained: RetainedMessages;
  #storeInfo: EncodedMessage | undefined;
  /** Whether there is a blueprint that is not only the default of earlier sinks. */
  #hasBlueprint = false;
  /** Whether the sinks are being sent messages: a sink or a listener that logs must not reach them again. */
  isSending = false;
  /** The message that the sinks are being sent, and those after it. */
  current: EncodedMessage | undefined;
  following: Iterable<EncodedMessage> = [];
  /** Messages that sinks and listeners have logged while the sinks were being sent others. */
  #nested: EncodedMessage[] = [];
  #isReplacing = false;
  #nestedTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(setup: RecordingSetup, events: EventHub, reporter: Reporter, source: ChunkSource) {
    const { applicationId, recordingId, compression } = setup;
    this.#setup = setup;
    this.#reporter = reporter;
    this.#source = source;
    this.#storeId = { kind: "recording", applicationId, recordingId };
    this.#encoder = new ChunkEncoder(this.#storeId, compression);
    this.#retained = new RetainedMessages(setup.maxRetainedBytes);
    const shared = {
      applicationId,
      recordingId,
      flushRows: () => this.flushRows(),
      recycle: (payload: Uint8Array<ArrayBuffer>) => this.#encoder.pool.give(payload),
    };
    this.#sinkEvents = new SinkEvents(shared, events, reporter);
    this.sinks = new SinkSet(this.#sinkEvents, setup.maxBacklogBytes, source.onSinkClosed);
  }

  /** Whether sinks are being sent messages or replaced: a listener or a sink that calls must wait to replace them. */
  get isBusy(): boolean {
    return this.isSending || this.#isReplacing;
  }

  /** Limits of batching: the user's, else those of the sinks and the host. */
  get batching(): BatcherConfig {
    const { batcher, hostBatcher } = this.#setup;
    if (batcher !== undefined) return { ...DEFAULT_BATCHING, ...batcher };
    return { ...this.sinks.batching, ...hostBatcher };
  }

  /** Encodes a chunk and sends it. The chunk's memory may be reused when this returns. */
  send(chunk: Chunk): void {
    const { takesBuffers, keepsMessages } = this.sinks;
    const isKept = keepsMessages || this.isSending || chunk.times.length === 0;
    let message: EncodedMessage;
    try {
      message = this.#encoder.encode(chunk, isKept);
    } catch (error) {
      const rows = `${chunk.to - chunk.from} rows of \`${chunk.entityPath}\``;
      this.#reporter.error(new RerunError("INTERNAL", `${rows} are lost: ${messageOf(error)}`, { cause: error }));
      return;
    }
    this.chunks++;
    this.bytes += message.payload.byteLength;
    this.pass([message], true);
    if (!isKept && !takesBuffers) this.#encoder.pool.give(message.payload);
  }

  /** Tells the sinks whether more messages follow before the call that logs returns. */
  expectMore(isMore: boolean): void {
    this.sinks.expectMore(isMore);
  }

  /** Sends a blueprint and its activation. */
  sendBlueprint(blueprint: BlueprintLike, activation: BlueprintActivation): void {
    const messages = this.#encodeBlueprint(blueprint, activation);
    this.#hasBlueprint ||= messages.length > 0;
    this.pass(messages, false);
  }

  /**
   * Lets other sinks take over; see {@link SinkSet.replace}. They get the retained state and the default blueprint
   * first.
   */
  replaceSinks(
    sinks: readonly Sink[],
    defaultBlueprint?: BlueprintLike,
    closeOptions: SinkFlushOptions = {},
  ): SinkReplacement {
    const blueprint = this.#encodeDefaultBlueprint(defaultBlueprint);
    this.#isReplacing = true;
    try {
      return this.sinks.replace(sinks, {
        flushRows: () => this.flushRows(),
        open: (backlog) => this.#firstMessages(backlog, blueprint),
        closeOptions,
      });
    } finally {
      this.#isReplacing = false;
    }
  }

  async flush(options: FlushOptions): Promise<FlushResult> {
    // A listener or a sink has called: what it has logged is sent right after.
    if (this.isSending) await Promise.resolve();
    this.flushRows();
    const complete = await withDeadline(this.sinks.flush(options), options).catch(unlessTimeIsUp);
    return this.result(complete);
  }

  /** Sends the pending rows and closes the sinks. */
  async close(options: FlushOptions, stopLogging: () => void): Promise<FlushResult> {
    this.flushLastRows(stopLogging);
    let isComplete = true;
    const closing = this.sinks.close(options, (error) => {
      isComplete = unlessTimeIsUp(error);
      this.#reporter.notice(error.message);
    });
    // Sinks end within the time by themselves, and then say what they have dropped.
    const isInTime = await withDeadline(closing, options, CLOSE_GRACE_MS);
    const isLost = this.sinks.stats().some(({ kind, droppedRows }) => kind === "buffering" && droppedRows > 0);
    return this.result(isInTime && isComplete && !isLost);
  }

  /** Result of a flush or a close of all sinks. */
  result(complete: boolean): FlushResult {
    return { ...resultOf(complete, this.sinks.stats()), droppedRows: this.sinks.droppedRows };
  }

  /** Sends what is pending, including what sinks and listeners log meanwhile; after that logging is refused. */
  flushLastRows(stopLogging: () => void): void {
    this.flushRows();
    stopLogging();
    this.flushRows();
  }

  /** Sends pending rows, and what sinks and listeners have logged meanwhile. */
  flushRows(): void {
    this.#source.flushRows();
    if (!this.isSending) this.#passNested();
  }

  /** Sends messages to the sinks. `isExclusive`: nobody but the sinks reads their memory. */
  pass(messages: readonly EncodedMessage[], isExclusive: boolean): void {
    if (this.isSending) {
      this.#nested.push(...messages);
      return;
    }
    this.isSending = true;
    try {
      this.sendAll(messages.values(), isExclusive);
    } finally {
      this.isSending = false;
    }
    this.#passNested();
  }

  /** Sends messages to the sinks, in fields, so that what follows can be sent when the process ends. */
  sendAll(messages: Iterable<EncodedMessage>, isExclusive: boolean): void {
    this.following = messages;
    for (const message of messages) {
      this.current = message;
      this.sinks.send(message, !this.#retained.add(message) && isExclusive);
    }
    this.current = undefined;
  }

  /**
   * Sends what was logged while the sinks were busy. What that leads to is sent later, so that there is no endless
   * loop.
   */
  #passNested(): void {
    if (this.#nested.length === 0) return;
    const messages = this.#nested;
    this.#nested = [];
    this.isSending = true;
    try {
      this.#sinkEvents.mergeDrops(() => this.sendAll(messages.values(), false));
    } finally {
      this.isSending = false;
    }
    if (this.#nested.length > 0) this.#passNestedLater();
  }

  #passNestedLater(): void {
    this.#nestedTimer ??= setTimeout(() => {
      this.#nestedTimer = undefined;
      this.#passNested();
    }, NESTED_DELAY_MS);
    (this.#nestedTimer as { unref?: () => void }).unref?.();
  }

  /**
   * Messages that new sinks are sent first: the retained state, the default blueprint, and the backlog. Sinks that are
   * set after a pause get the retained state themselves.
   */
  #firstMessages(backlog: readonly EncodedMessage[], blueprint: readonly EncodedMessage[]): readonly EncodedMessage[] {
    this.#storeInfo ??= encodeStoreInfo(this.#storeId, `rerun-ts ${VERSION}`, copyTuid(this.#source.nextId()));
    const rest = new Set([this.#storeInfo, ...(this.sinks.isOnHold ? [] : this.#retained.inOrder)]);
    // The order: the default blueprint, what opens the recording and its retained state, then the rest of the backlog.
    for (const message of backlog) if (message !== this.#storeInfo) rest.delete(message);
    if (!this.#hasBlueprint) for (const message of blueprint) this.#retained.add(message);
    // A viewer that has opened the recording already would keep a layout of its own.
    return [...blueprint, ...rest, ...backlog.filter((message) => message !== this.#storeInfo)];
  }

  /** An invalid layout is a problem of its own: the data goes to the sinks without it, except in strict mode. */
  #encodeDefaultBlueprint(blueprint: BlueprintLike | undefined): readonly EncodedMessage[] {
    if (blueprint === undefined) return [];
    try {
      return this.#encodeBlueprint(blueprint, { makeActive: false, makeDefault: true });
    } catch (error) {
      this.#reporter.invalid(error, { argument: "defaultBlueprint", consequence: "it was not sent" });
      return [];
    }
  }

  #encodeBlueprint(blueprint: BlueprintLike, activation: BlueprintActivation): EncodedMessage[] {
    if (typeof blueprint?.encodeBlueprint !== "function") throw wrongType("a `Blueprint`", blueprint);
    const messages = [...blueprint.encodeBlueprint(this.#storeId.applicationId)];
    const storeId = messages[0]?.storeId;
    return storeId === undefined ? [] : [...messages, encodeBlueprintActivation(storeId, activation)];
  }
}

/** Returns `false` for a sink that timed out, and throws any other failure. */
function unlessTimeIsUp(error: unknown): false {
  if (isRerunError(error) && error.code === "TIMEOUT") return false;
  throw error;
}

/** Result of a flush or a close of these sinks. */
export function resultOf(complete: boolean, sinks: readonly SinkStats[]): FlushResult {
  const sum = (pick: (stats: SinkStats) => number): number => sinks.reduce((total, stats) => total + pick(stats), 0);
  return {
    complete,
    pendingBytes: sum(({ state, queuedBytes }) => (state === "buffering" ? 0 : queuedBytes)),
    droppedRows: sum(({ droppedRows }) => droppedRows),
    sinks,
  };
}
