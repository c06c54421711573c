/// <reference lib="esnext.disposable" preserve="true" />
import type { AsComponents } from "../batch/component.ts";
import { describeValue } from "../describe-value.ts";
import type { EntityPathLike } from "../entity/entity-path.ts";
import { RerunError } from "../errors.ts";
import { InvalidValue } from "../invalid-value.ts";
import { describeUnknown } from "../options.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { PROPERTIES_PATH } from "../rrd/encode/manifest-names.ts";
import { BinaryStreamSink, type BinaryStream } from "../sink/binary-stream-sink.ts";
import { BufferingSink } from "../sink/buffering-sink.ts";
import { MemorySink, type MemoryRecording } from "../sink/memory-sink.ts";
import type { Sink, SinkState } from "../sink/sink.ts";
import type { TimeColumn } from "../time/time-column.ts";
import type { TimePointLike } from "../time/time-point.ts";
import type { TimeValue } from "../time/time-value.ts";
import { EventHub, type RecordingEvents, type RecordingListener, type RecordingListenerOptions } from "./events.ts";
import { addLiveRecording, removeLiveRecording } from "./live-recordings.ts";
import { Outlet, resultOf } from "./outlet.ts";
import { recordingInfo } from "./properties.ts";
import type {
  BlueprintLike,
  FlushOptions,
  FlushResult,
  RecordingHost,
  RecordingOptions,
  RecordingStats,
  SendBlueprintOptions,
  SetSinksOptions,
} from "./recording-options.ts";
import { setUpRecording, type RecordingSetup } from "./recording-setup.ts";
import { TimedView, type ColumnsInput, type LogOptions, type RecordingView } from "./recording-view.ts";
import { Reporter } from "./reporter.ts";
import { RowLog } from "./row-log.ts";
import type { SinkReplacement } from "./sink-set.ts";
import { waitFor } from "./wait.ts";

const CLOSE_TIMEOUT_MS = 5000;
const NEUTRAL_HOST: RecordingHost = { maxBacklogBytes: 256 * 1024 * 1024 };

/**
 * A recording that is being made. It keeps what is logged until it is given a sink: by `setSinks`, `memoryRecording`,
 * or one of the modes that the packages for Node and for browsers add.
 *
 * @example
 * const rec = new rr.RecordingStream("my_app");
 * const memory = rec.memoryRecording();
 * rec.setTime("frame", 1);
 * rec.log("greeting", new rr.TextLog("hello"));
 * const rrd = memory.drainAsBytes();
 */
export class RecordingStream implements RecordingView {
  readonly #setup: RecordingSetup;
  readonly #host: RecordingHost;
  readonly #events: EventHub;
  readonly #reporter: Reporter;
  readonly #outlet: Outlet;
  readonly #log: RowLog;
  #isLogging: boolean;
  #closing: Promise<FlushResult> | undefined;

  /** @throws {TypeError} if an argument is wrong. */
  constructor(applicationId: string, options?: RecordingOptions, host: RecordingHost = NEUTRAL_HOST) {
    const setup = setUpRecording(applicationId, options ?? {}, host);
    this.#setup = setup;
    this.#host = host;
    this.#isLogging = setup.enabled;
    this.#events = new EventHub((error) => this.#reporter.error(RerunError.from(error)));
    this.#reporter = new Reporter(setup, this.#events);
    for (const notice of setup.notices) this.#reporter.notice(notice);
    this.#outlet = new Outlet(setup, this.#events, this.#reporter, {
      flushRows: () => this.#log.batcher.flush(),
      nextId: () => this.#log.nextId(),
    });
    this.#log = new RowLog({ ...setup, batcher: this.#outlet.batching }, this.#reporter, this.#outlet.send);
    this.#replaceSinks([new BufferingSink(setup.maxBacklogBytes)], undefined, {});
    if (setup.enabled && setup.sendProperties) {
      this.#log.logProperties(PROPERTIES_PATH, recordingInfo(setup.startTime ?? this.#log.now(), setup.recordingName));
    }
  }

  /** The application's id, as Rerun 0.41 normalises it. */
  get applicationId(): string {
    return this.#setup.applicationId;
  }

  /** Programs that log with the same id log into one recording. */
  get recordingId(): string {
    return this.#setup.recordingId;
  }

  /** Whether it logs at all; `RERUN=off` turns it off. */
  get enabled(): boolean {
    return this.#setup.enabled;
  }

  /** The worst state of its sinks: what a user interface would show. */
  get state(): SinkState {
    return this.#closing === undefined ? this.#outlet.sinks.state : "closed";
  }

  /** Logs one row: all components of `data`, at the current times. See {@link RecordingView.log}. */
  log(path: EntityPathLike, data: AsComponents | readonly AsComponents[], options?: LogOptions): void {
    if (this.#isLogging) this.#log.logAt(path, data, options, this.#log.time);
    else this.#refuse("log");
  }

  /** The same recording at other times. See {@link RecordingView.at}. */
  at(time: TimePointLike): RecordingView {
    return this.#viewAt(this.#log.timeAt(this.#log.time, time));
  }

  /** @internal The same, at the automatic times of this call too: for what is ready to be logged only later. */
  frozenAt(time: TimePointLike): RecordingView {
    return this.#viewAt(this.#log.frozenAt(time));
  }

  /**
   * Sets the current time on a timeline, or on several; rows that are logged from now on have it. A timeline keeps
   * its kind: an attempt to change it is reported and changes nothing.
   */
  setTime(timeline: string, value: TimeValue): void;
  setTime(times: TimePointLike): void;
  setTime(timeline: string | TimePointLike, value?: TimeValue): void {
    this.#log.setTime(timeline, value);
  }

  /** Forgets all current times. */
  resetTime(): void {
    this.#log.time.clear();
  }

  /** Forgets the current time on one timeline. */
  disableTimeline(timeline: string): void {
    this.#log.time.remove(timeline);
  }

  /** Logs many rows at once, column by column. See {@link RecordingView.sendColumns}. */
  sendColumns(path: EntityPathLike, times: TimeColumn | readonly TimeColumn[], columns: ColumnsInput): void {
    if (this.#isLogging) this.#log.sendColumns(path, times, columns);
    else this.#refuse("sendColumns");
  }

  /** Adds a property of the recording as a whole: `data` under `/__properties/<name>`. */
  sendProperty(name: string, data: AsComponents | readonly AsComponents[]): void {
    this.log([PROPERTIES_PATH.slice(1), name], data, { static: true });
  }

  /** Names the recording for people. */
  sendRecordingName(name: string): void {
    if (typeof name === "string") this.log(PROPERTIES_PATH, recordingInfo(undefined, name), { static: true });
    else
      this.#reporter.invalid(new InvalidValue("a text", describeValue(name), false), {
        argument: "name",
        consequence: "nothing was logged",
      });
  }

  /** Sends a layout for the viewer. A blueprint that cannot be encoded is reported. */
  sendBlueprint(blueprint: BlueprintLike, options?: SendBlueprintOptions): void {
    if (!this.#isLogging) return this.#refuse("sendBlueprint");
    this.#noteUnknown("sendBlueprint", options, { makeActive: 1, makeDefault: 1 });
    const { makeActive = true, makeDefault = true } = options ?? {};
    try {
      this.#outlet.sendBlueprint(blueprint, { makeActive, makeDefault });
    } catch (error) {
      this.#reporter.invalid(error, { argument: "blueprint", consequence: "nothing was sent" });
    }
  }

  /** Whether wrong data is thrown instead of reported. */
  setStrictMode(strict: boolean): void {
    this.#reporter.strict = strict;
  }

  /** Sends everything to one sink. See {@link RecordingStream.setSinks}. */
  setSink(sink: Sink, options?: SetSinksOptions): Promise<void> {
    return this.setSinks([sink], options);
  }

  /**
   * Sends everything to these sinks from now on; what was kept so far goes to them too. The swap is done when the
   * call returns; the promise settles when the new sinks are open or have failed and the old ones are closed.
   * A sink whose destination is in use already stays as it is.
   *
   * Rejects with `DUPLICATE_SINK`, `CLOSED`, or what a sink fails with; a sink that fails at once changes nothing.
   */
  setSinks(sinks: readonly Sink[], options?: SetSinksOptions): Promise<void> {
    return this.#handled(this.#setSinks(sinks, options ?? {}));
  }

  /** Keeps everything in memory from now on, for the program itself to read. The next sink takes over what was not read. */
  memoryRecording(): MemoryRecording {
    const sink = new MemorySink();
    void this.setSink(sink);
    return sink;
  }

  /** Lets the program read its own recording as a stream. What it did not read stays readable after the next sink is set. */
  binaryStream(): BinaryStream {
    const sink = new BinaryStreamSink();
    void this.setSink(sink);
    return sink;
  }

  /**
   * Waits until everything logged so far has left. A deadline that passes resolves with `complete: false`.
   * Rejects with `ABORTED`, or with the failure of a sink that is broken for good.
   */
  flush(options?: FlushOptions): Promise<FlushResult> {
    return this.#finishing("flush", options, (known) => this.#outlet.flush(known));
  }

  /** Flushes, closes the sinks, and keeps what is logged from now on for the next ones. */
  disconnect(options?: FlushOptions): Promise<FlushResult> {
    return this.#finishing("disconnect", options, (known) => this.#disconnect(known));
  }

  /**
   * Ends the recording: flushes and closes its sinks, waiting 5,000 ms at most unless told otherwise. Calls after the
   * first return the same promise. Rejects if a sink failed, after all were closed.
   */
  close(options?: FlushOptions): Promise<FlushResult> {
    this.#closing ??= this.#finishing("close", options, (known) => this.#close(known));
    return this.#closing;
  }

  /** @internal Finishes before it returns, as far as the sinks can: the process is about to end. */
  closeSync(deadlineMs: number): void {
    const result = this.#outlet.closeSync(deadlineMs);
    this.#isLogging = false;
    this.#closing ??= Promise.resolve(result);
    this.#host.onLive?.(removeLiveRecording(this));
  }

  /** @internal Finishes what cannot be finished once the event loop is gone. */
  closeBeforeExit(): void {
    void this.#handled(this.#outlet.closeBeforeExit());
  }

  /** Closes; a failure is reported instead of thrown. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close().catch(() => {});
  }

  /** Numbers for user interfaces and logs. */
  stats(): RecordingStats {
    const sinks = this.#outlet.sinks.stats();
    return {
      rows: this.#log.rows,
      chunks: this.#outlet.chunks,
      bytes: this.#outlet.bytes,
      warnings: this.#reporter.warnings,
      backlogBytes: sinks.reduce((sum, { state, queuedBytes }) => sum + (state === "buffering" ? queuedBytes : 0), 0),
      sinks,
    };
  }

  /** Calls `listener` with every event of this type. */
  addEventListener<Type extends keyof RecordingEvents>(
    type: Type,
    listener: RecordingListener<Type>,
    options?: RecordingListenerOptions,
  ): void {
    this.#events.add(type, listener, options);
  }

  /** Ends what `addEventListener` began. */
  removeEventListener<Type extends keyof RecordingEvents>(type: Type, listener: RecordingListener<Type>): void {
    this.#events.remove(type, listener);
  }

  /** @internal The sinks as they are, for modes that look for one among them. */
  get currentSinks(): readonly Sink[] {
    return this.#outlet.sinks.sinks;
  }

  /** @internal Hands the rows that wait to the sinks, and returns when that is done. */
  flushRows(): void {
    this.#log.batcher.flush();
  }

  /** @internal Sends messages that are encoded already, in memory that nobody else writes to. */
  sendMessages(messages: readonly EncodedMessage[]): void {
    if (this.#isLogging) this.#outlet.sendEncoded(messages);
    else this.#refuse("logFileFromContents");
  }

  /** @internal Tells what is odd, but no reason to stop. */
  notice(message: string): void {
    this.#reporter.notice(message);
  }

  /** @internal For modes of a platform: what fails is reported like a failure of `setSinks`. */
  protected handled<T>(promise: Promise<T>): Promise<T> {
    return this.#handled(promise);
  }

  #viewAt({ point, own }: ReturnType<RowLog["timeAt"]>): RecordingView {
    return new TimedView(
      {
        logAt: (...call) => (this.#isLogging ? this.#log.logAt(...call) : this.#refuse("log")),
        sendColumnsAt: (...call) => (this.#isLogging ? this.#log.sendColumnsAt(...call) : this.#refuse("sendColumns")),
        timeAt: (...call) => this.#log.timeAt(...call),
      },
      point,
      own,
    );
  }

  async #setSinks(sinks: readonly Sink[], options: SetSinksOptions): Promise<void> {
    this.#checkOpen();
    this.#noteUnknown("setSinks", options, { defaultBlueprint: 1 });
    if (!this.enabled) {
      this.#reporter.notice("the recording is disabled: a call that sets a sink is ignored", "DISABLED");
      return;
    }
    const { opened, closed } = this.#told(() => this.#replaceSinks(sinks, options.defaultBlueprint, {}));
    if (sinks.length === 0)
      this.#reporter.notice("the recording has no sinks now: everything logged is given up until it is given one");
    const [opening, closing] = await Promise.allSettled([opened, closed]);
    // What befalls a sink that leaves is no failure of those that take over.
    if (closing.status === "rejected") this.#reporter.error(toRerunError(closing.reason));
    if (opening.status === "rejected") throw opening.reason;
  }

  #replaceSinks(sinks: readonly Sink[], blueprint: BlueprintLike | undefined, options: FlushOptions): SinkReplacement {
    const replacement = this.#outlet.replaceSinks(sinks, blueprint, options);
    this.#log.batcher.config = this.#outlet.batching;
    const isLive = sinks.some(({ kind }) => kind !== "buffering");
    this.#host.onLive?.(isLive ? addLiveRecording(this) : removeLiveRecording(this));
    return replacement;
  }

  async #disconnect(options: FlushOptions): Promise<FlushResult> {
    this.#checkOpen();
    const buffer = new BufferingSink(this.#setup.maxBacklogBytes);
    const { closed, leaving } = this.#replaceSinks([buffer], undefined, options);
    const complete = await waitFor(closed, options);
    return resultOf(
      complete,
      leaving.map((slot) => slot.stats()),
    );
  }

  async #close(options: FlushOptions): Promise<FlushResult> {
    try {
      const closing = this.#outlet.close({ timeoutMs: CLOSE_TIMEOUT_MS, ...options });
      this.#isLogging = false;
      return await closing;
    } finally {
      this.#host.onLive?.(removeLiveRecording(this));
    }
  }

  #finishing(
    call: string,
    options: FlushOptions | undefined,
    finish: (options: FlushOptions) => Promise<FlushResult>,
  ): Promise<FlushResult> {
    this.#noteUnknown(call, options, { timeoutMs: 1, signal: 1, ack: 1 });
    return this.#handled(finish(options ?? {}));
  }

  #noteUnknown<Options extends object>(
    call: string,
    options: Options | undefined,
    known: Readonly<Record<keyof Options, 1>>,
  ): void {
    const notice = describeUnknown(`\`${call}\``, options, known);
    if (notice !== undefined) this.#reporter.notice(notice);
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new RerunError("CLOSED", "the recording is closed; make a new one");
  }

  #refuse(call: string): void {
    if (this.#closing !== undefined)
      this.#reporter.notice(`\`${call}\` was called after the recording was closed; it is ignored`, "CLOSED");
  }

  /** Tells a failure before it goes on: a program that ends at once would not see it in a promise. */
  #told<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      const told = toRerunError(error);
      this.#reporter.error(told);
      throw told;
    }
  }

  /** Makes a promise that may be left alone: its failure is told by event, never as an unhandled rejection. */
  #handled<T>(promise: Promise<T>): Promise<T> {
    const named = promise.catch((error: unknown) => {
      throw toRerunError(error);
    });
    named.catch((error: RerunError) => this.#reporter.error(error));
    return named;
  }
}

function toRerunError(error: unknown): RerunError {
  const isArgument = error instanceof TypeError || error instanceof RangeError;
  return RerunError.from(error, isArgument ? "INVALID_ARGUMENT" : "INTERNAL");
}
