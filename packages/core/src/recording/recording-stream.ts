/// <reference lib="esnext.disposable" preserve="true" />
import { rawOf, throughProxies } from "../checks/through-proxies.ts";
import type { AsComponents } from "../batch/component.ts";
import type { EntityPathLike } from "../entity/entity-path.ts";
import { checkOptions } from "../checks/check-arguments.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { checkBoolean } from "../checks/check-boolean.ts";
import { PROPERTIES_PATH } from "../rrd/encode/manifest-names.ts";
import { BinaryStreamSink, type BinaryStream } from "../sink/binary-stream-sink.ts";
import { MemorySink, type MemoryRecording } from "../sink/memory-sink.ts";
import type { Sink, SinkState } from "../sink/sink.ts";
import type { TimeColumn } from "../time/time-column.ts";
import type { TimePointLike } from "../time/time-point.ts";
import type { TimestampLike, TimeValue } from "../time/time-value.ts";
import { EventHub, type RecordingEvents, type RecordingListener, type RecordingListenerOptions } from "./events.ts";
import { setInternals, type RecordingInternals } from "./recording-internals.ts";
import { addLiveRecording, removeLiveRecording } from "./live-recordings.ts";
import { MessageDispatcher } from "./message-dispatcher.ts";
import { nameInfo, recordingInfo, startTimeInfo } from "./properties.ts";
import type {
  BlueprintLike,
  FlushOptions,
  FlushResult,
  PlatformHooks,
  RecordingOptions,
  RecordingStats,
  SendBlueprintOptions,
  SetSinksOptions,
} from "./recording-options.ts";
import { setUpRecording, type RecordingSetup } from "./recording-setup.ts";
import { TimedView, type ColumnsInput, type LogOptions, type RecordingView } from "./recording-view.ts";
import { reported, settled } from "./report-failures.ts";
import { Reporter } from "./reporter.ts";
import { RowLog } from "./row-log.ts";
import { checkLimits } from "./deadline.ts";

/** The hooks of a recording that is created from this package alone. */
const NEUTRAL_HOOKS: PlatformHooks = { maxBacklogBytes: 256 * 1024 * 1024 };

/** The methods that programs call for each row. They check for proxies themselves, which is faster. */
const FOR_EACH_ROW: ReadonlySet<string> = /* @__PURE__ */ new Set(["log", "setTime"]);

/**
 * A recording: takes logged data and sends it to its sinks.
 *
 * It buffers logged data, up to `maxBacklogBytes`, until the first sink is set: by `setSinks`, `memoryRecording`,
 * `binaryStream`, or a method of the packages for Node and for browsers, such as `save` or `connectGrpc`. `close` sends
 * pending data and ends the recording. Later calls are reported and ignored.
 *
 * Problems never end the program. Invalid data is reported by `warning` events, `onWarning` or the console, and thrown
 * in strict mode only. Failures of sinks are `error` events. Promises reject with a {@link RerunError}, and need not be
 * awaited: a rejection is an `error` event, printed unless somebody handles it, and never unhandled.
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
  readonly #hooks: PlatformHooks;
  readonly #events: EventHub;
  readonly #reporter: Reporter;
  readonly #dispatcher: MessageDispatcher;
  readonly #log: RowLog;

  /** @throws {TypeError} or {RangeError} naming the invalid argument */
  constructor(applicationId: string, options?: RecordingOptions, hooks: PlatformHooks = NEUTRAL_HOOKS) {
    throughProxies(this, FOR_EACH_ROW);
    const setup = setUpRecording(applicationId, options ?? {}, hooks);
    this.#setup = setup;
    this.#hooks = hooks;
    this.#events = new EventHub((error) => this.#reporter.error(RerunError.from(error)));
    this.#reporter = new Reporter(setup, this.#events);
    for (const notice of setup.notices) this.#reporter.notice(notice);
    this.#dispatcher = new MessageDispatcher(setup, this.#events, this.#reporter, {
      rows: () => this.#log,
      updateLive: () => this.#updateLive(),
    });
    this.#log = new RowLog({ ...setup, batcher: this.#dispatcher.batching }, this.#reporter, this.#dispatcher);
    setInternals(this, this.#createInternals());
    this.#dispatcher.hold({});
    if (setup.enabled && setup.sendProperties) {
      this.#log.logProperties(PROPERTIES_PATH, recordingInfo(setup.startTime ?? this.#log.now(), setup.recordingName));
    }
  }

  /** The id of the application, as Rerun 0.41 normalises it. Recordings of one application share their layout. */
  get applicationId(): string {
    return this.#setup.applicationId;
  }

  /** The id of the recording. Programs with the same id log into one recording. */
  get recordingId(): string {
    return this.#setup.recordingId;
  }

  /** Whether anything is logged: `false` with `enabled: false` or the environment variable `RERUN=off`. */
  get enabled(): boolean {
    return this.#setup.enabled;
  }

  /** The worst state of the sinks, for user interfaces, or `closed` after {@link RecordingStream.close}. */
  get state(): SinkState {
    return this.#dispatcher.closing === undefined ? this.#dispatcher.sinks.state : "closed";
  }

  /** The current sinks. Without another sink, a sink of the kind `buffering` holds logged data. */
  get sinks(): readonly Sink[] {
    return this.#dispatcher.sinks.sinks;
  }

  // `log`, `at` and `sendColumns` inherit the documentation of `RecordingView`.

  log(path: EntityPathLike, data: AsComponents | readonly AsComponents[], options?: LogOptions): void {
    const rows = (#log in this ? this : rawOf(this)).#log;
    rows.logAt(path, data, options, rows.time);
  }

  at(time: TimePointLike): RecordingView {
    return new TimedView(this.#log, this.#log.timeAt(this.#log.time, time));
  }

  /**
   * Sets the current time on a timeline, or on several. All later rows have it. A plain integer is a sequence number, a
   * `Date` a timestamp. Seconds are `{ duration }` or `{ timestamp }`. A timeline keeps its kind.
   *
   * @throws {RerunError} `INVALID_DATA`, in strict mode only. Otherwise an invalid time is reported and changes nothing
   * @example
   * rec.setTime("frame", 42);
   * rec.setTime({ elapsed: { duration: 1.5 }, now: new Date() });
   */
  setTime(timeline: string, value: TimeValue): void;
  setTime(times: TimePointLike): void;
  setTime(timeline: string | TimePointLike, value?: TimeValue): void {
    (#log in this ? this : rawOf(this)).#log.setTime(timeline, value);
  }

  /** Removes the current times of all timelines, except `log_time` and `log_tick`. */
  resetTime(): void {
    this.#log.time.clear();
  }

  /** Removes the current time of one timeline, except `log_time` and `log_tick`. */
  disableTimeline(timeline: string): void {
    this.#log.time.remove(timeline);
  }

  sendColumns(path: EntityPathLike, times: TimeColumn | readonly TimeColumn[], columns: ColumnsInput): void {
    this.#log.sendColumns(path, times, columns);
  }

  /**
   * Logs a property of the whole recording: `data`, static, at `/__properties/<name>`.
   *
   * @example
   * rec.sendProperty("camera left", new rr.Pinhole({ focalLength: 500, width: 640, height: 480 }));
   */
  sendProperty(name: string, data: AsComponents | readonly AsComponents[]): void {
    this.log([PROPERTIES_PATH.slice(1), name], data, { static: true });
  }

  /** Sets the name of the recording in viewers. */
  sendRecordingName(name: string): void {
    this.#log.logInfo("name", () => nameInfo(name));
  }

  /** Sets when the recording began, for viewers. Default: the option `startTime`. */
  sendRecordingStartTime(time: TimestampLike): void {
    this.#log.logInfo("time", () => startTimeInfo(time));
  }

  /**
   * Sends a layout for the viewer.
   *
   * @throws {TypeError} if an option is wrong
   * @throws {RerunError} `INVALID_DATA`, in strict mode only. Otherwise an invalid blueprint is reported and not sent
   */
  sendBlueprint(blueprint: BlueprintLike, options?: SendBlueprintOptions): void {
    if (this.#log.refuses("sendBlueprint")) return;
    checkOptions("sendBlueprint", options, { makeActive: "boolean", makeDefault: "boolean" });
    const { makeActive = true, makeDefault = true } = options ?? {};
    try {
      this.#dispatcher.sendBlueprint(blueprint, { makeActive, makeDefault });
    } catch (error) {
      this.#reporter.invalid(error, { argument: "blueprint", consequence: "nothing was sent" });
    }
  }

  /** Whether invalid data is thrown as a {@link RerunError} instead of reported. */
  get strictMode(): boolean {
    return this.#reporter.strict;
  }

  /** Sets whether invalid data is thrown instead of reported. Default: the option `strict`. Throws a `TypeError`. */
  setStrictMode(strict: boolean): void {
    this.#reporter.strict = checkBoolean("strict", strict);
  }

  /** Sets whether later rows have the timeline `log_time`. Default: the option `logTime`. Throws a `TypeError`. */
  setLogTimeEnabled(enabled: boolean): void {
    this.#log.setAutomatic("logTime", checkBoolean("enabled", enabled));
  }

  /** Sets whether later rows have the timeline `log_tick`. Default: the option `logTick`. Throws a `TypeError`. */
  setLogTickEnabled(enabled: boolean): void {
    this.#log.setAutomatic("logTick", checkBoolean("enabled", enabled));
  }

  /** Replaces the recording's sinks by one. See {@link RecordingStream.setSinks}. */
  setSink(sink: Sink, options?: SetSinksOptions): Promise<void> {
    return this.setSinks([sink], options);
  }

  /**
   * Replaces the recording's sinks: sends everything to these from now on, including buffered data. The sinks are
   * replaced before the call returns. The promise settles when the new sinks are open or have failed, and the previous
   * ones are closed. A sink with a destination already in use stays in place. New sinks first receive the properties,
   * the blueprint and the newest static data of the recording.
   *
   * Rejects with `DUPLICATE_SINK`, `CLOSED`, or the error of opening a sink. An error that occurs immediately, such as
   * a missing folder, leaves the sinks unchanged. Failures of previous sinks are `error` events.
   *
   * @example
   * const memory = new rr.MemorySink();
   * await rec.setSinks([memory, new rr.CallbackSink((rrd) => console.log(rrd.length))]);
   */
  setSinks(sinks: readonly Sink[], options?: SetSinksOptions): Promise<void> {
    return reported(this.#reporter, this.#dispatcher.setSinks(sinks, options ?? {}));
  }

  /**
   * Replaces the recording's sinks: keeps everything in memory from now on, up to 1 GiB, for the program to read. The
   * next sink receives unread data. See the example of {@link RecordingStream}.
   */
  memoryRecording(): MemoryRecording {
    const sink = new MemorySink();
    void this.setSink(sink);
    return sink;
  }

  /**
   * Replaces the recording's sinks: provides the recording as a stream from now on, with up to 1 GiB of unread data.
   * Unread data remains readable after the next sink is set.
   *
   * @example
   * const stream = rec.binaryStream();
   * rec.log("greeting", new rr.TextLog("hello"));
   * const rrd = await stream.read();
   */
  binaryStream(): BinaryStream {
    const sink = new BinaryStreamSink();
    void this.setSink(sink);
    return sink;
  }

  /**
   * Waits until everything logged so far was sent. If the time runs out, resolves with `complete: false`, and the data
   * is still sent later. Rejects with `ABORTED`, or with the error of a broken sink.
   *
   * @example
   * const { complete, pendingBytes } = await rec.flush({ timeoutMs: 1000 });
   */
  flush(options?: FlushOptions): Promise<FlushResult> {
    return this.#finish("flush", options, (flushOptions) => this.#dispatcher.flush(flushOptions));
  }

  /**
   * Flushes and closes the sinks, and buffers later data for the next ones. Rejects with `CLOSED`, `ABORTED`, or the
   * error of a sink.
   */
  disconnect(options?: FlushOptions): Promise<FlushResult> {
    return this.#finish("disconnect", options, (flushOptions) => this.#dispatcher.disconnect(flushOptions));
  }

  /**
   * Ends the recording: flushes and closes its sinks, within 5,000 ms by default. Later calls return the same promise.
   * Rejects with `ABORTED`, or with the error of a sink once all are closed.
   *
   * @example
   * await rec.close({ timeoutMs: 10_000 });
   */
  close(options?: FlushOptions): Promise<FlushResult> {
    return (
      this.#dispatcher.closing ?? this.#finish("close", options, (flushOptions) => this.#dispatcher.close(flushOptions))
    );
  }

  /** Closes the recording, for `await using`. A failure is reported, and never thrown. */
  async [Symbol.asyncDispose](): Promise<void> {
    await settled(this.close());
  }

  /** Statistics for user interfaces and logs, as of now. */
  stats(): RecordingStats {
    const { rows } = this.#log.counts;
    return { rows, warnings: this.#reporter.warnings, ...this.#dispatcher.stats() };
  }

  /**
   * Calls `listener` with every event of this type, synchronously. Errors of the listener are reported as `error`
   * events.
   *
   * @throws {TypeError} if an argument is wrong
   * @example
   * rec.addEventListener("drop", ({ sink, rows, reason }) => console.log(sink.kind, "dropped", rows, "rows:", reason));
   */
  addEventListener<Type extends keyof RecordingEvents>(
    type: Type,
    listener: RecordingListener<Type>,
    options?: RecordingListenerOptions,
  ): void {
    this.#events.add(type, listener, options);
  }

  /** Removes a listener of {@link RecordingStream.addEventListener}. */
  removeEventListener<Type extends keyof RecordingEvents>(type: Type, listener: RecordingListener<Type>): void {
    this.#events.remove(type, listener);
  }

  #createInternals(): RecordingInternals {
    return {
      log: this.#log,
      events: this.#events,
      dispatcher: this.#dispatcher,
      notice: (message, code) => this.#reporter.notice(message, code),
      reported: (promise) => reported(this.#reporter, promise),
    };
  }

  /** Reports whether the recording is live: a live recording has sinks that the end of the program must close. */
  #updateLive(): void {
    const count = this.#dispatcher.sinks.isLive ? addLiveRecording(this) : removeLiveRecording(this);
    this.#hooks.onLive?.(count, this);
  }

  /** Runs `flush`, `disconnect` or `close`: checks the options, and reports a failure. */
  #finish(
    call: string,
    options: FlushOptions = {},
    run: (options: FlushOptions) => Promise<FlushResult>,
  ): Promise<FlushResult> {
    try {
      checkOptions(call, options, { timeoutMs: 1, signal: 1, ack: "boolean" });
      checkLimits(options);
    } catch (error) {
      return reported(this.#reporter, Promise.reject(error));
    }
    const finishing = reported(this.#reporter, run(options));
    if (call === "close") this.#dispatcher.closing = finishing;
    return finishing;
  }
}
