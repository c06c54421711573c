import { startTimer } from "../async/start-timer.ts";
import { randomId } from "../bytes/random-id.ts";
import { parseBytes } from "../bytes/parse-bytes.ts";
import { checkOptions } from "../checks/check-arguments.ts";
import { invalidArgument } from "../checks/invalid-value-error.ts";
import { nonNegative } from "../checks/option-names.ts";
import { throughProxies } from "../checks/through-proxies.ts";
import { messageOf } from "../errors/rerun-error.ts";
import { toRerunError } from "../errors/to-rerun-error.ts";
import { withRerunErrors } from "../errors/with-rerun-errors.ts";
import { checkEntityPath } from "../entity/check-entity-path.ts";
import type { EntityPathLike } from "../entity/entity-path.ts";
import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import type { RecordingSink, RecordingSinkContext, Sink, SinkStats } from "../sink/sink.ts";
import { buildDump, momentOf, newTrigger, type Trigger } from "./build-dump.ts";
import { watchConsoleErrors } from "./console-errors.ts";
import type { DumpHandler, FlightDump } from "./flight-dump.ts";
import { FlightRing } from "./flight-ring.ts";
import { Outbox } from "./outbox.ts";
import { reasonMessages } from "./reason-messages.ts";
import type {
  CaptureErrorsOptions,
  ConditionOptions,
  DumpOptions,
  FlightPlatform,
  FlightRecorderOptions,
} from "./recorder-options.ts";
import { RecorderSink } from "./recorder-sink.ts";
import { DiskRing, type RingStorage } from "./disk-ring.ts";
import { TriggerLimits } from "./trigger-limits.ts";
import { watchedValues } from "./watched-values.ts";

/** The members of flight recorders for sibling packages, which the declarations omit. */
export interface RecordsMessages {
  /** Takes a message that no recording of this process has sent. */
  record(message: EncodedMessage): void;
}

/** A dump that is under way. */
interface PendingDump {
  readonly trigger: Trigger;
  readonly isIncluded: (recordingId: string) => boolean;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
  readonly done: Promise<FlightDump>;
  readonly resolve: (dump: FlightDump) => void;
  readonly reject: (error: unknown) => void;
}

interface Condition {
  readonly component: string | undefined;
  readonly limits: TriggerLimits;
  readonly predicate: (value: never) => unknown;
  isBroken: boolean;
}

/** The most reasons of a dump. */
const MAX_REASONS = 100;

/** The common part of the flight recorders of Node and of pages. */
export class BaseFlightRecorder implements Sink {
  readonly kind = "flight-recorder";
  readonly #key = `flight-recorder:${randomId()}`;
  readonly #windowMs: number;
  readonly #afterMs: number;
  readonly #maxBytes: number;
  readonly #ring: FlightRing;
  readonly #outbox: Outbox;
  readonly #platform: FlightPlatform;
  readonly #contexts = new Set<RecordingSinkContext>();
  /** The dumps that are under way, by the recording that they are restricted to. */
  readonly #pending = new Map<string, PendingDump>();
  /** The conditions by the paths of their entities. */
  readonly #conditions = new Map<string, Set<Condition>>();
  readonly #createRing: (() => RingStorage) | undefined;
  /** The rings on disk, by the recordings that are open. */
  readonly #diskRings = new Map<RecordingSinkContext, DiskRing>();

  constructor(platform: FlightPlatform, options?: FlightRecorderOptions) {
    throughProxies(this);
    checkOptions("FlightRecorder", options, { seconds: 1, after: 1, maxBytes: 1, spool: 1 });
    const { seconds = 60, after = 10, maxBytes = "100MB", spool } = options ?? {};
    if (!(typeof seconds === "number" && seconds > 0)) throw invalidArgument("seconds", "a positive number", seconds);
    const bytes = typeof maxBytes === "string" ? parseBytes(maxBytes.trim()) : maxBytes;
    if (!(typeof bytes === "number" && bytes > 0))
      throw invalidArgument("maxBytes", 'a positive number of bytes, or a text such as "100MB"', maxBytes);
    this.#platform = platform;
    this.#windowMs = seconds * 1000;
    this.#afterMs = nonNegative("after", after) * 1000;
    this.#maxBytes = bytes;
    this.#ring = new FlightRing({ maxBytes: bytes, isKeyframe: platform.isKeyframe });
    this.#outbox = new Outbox(bytes, (message) => this.#warn(message));
    if (spool === undefined) return;
    // Between two checkpoints, a ring also needs what has left the window since the first of them.
    const limits = { maxBytes: bytes * 2, maxAgeMs: this.#windowMs * 2 };
    platform.createRing(spool, limits);
    this.#createRing = () => platform.createRing(spool, limits);
  }

  /** @internal New sinks each time, so that many recordings can share the recorder. */
  get parts(): readonly RecordingSink[] {
    const storage = this.#createRing?.();
    const diskRing = storage && new DiskRing(`${this.#key}:spool`, storage, this.#ring, this.#windowMs);
    const memory = new RecorderSink(this.#key, {
      open: (context) => {
        this.#contexts.add(context);
        if (diskRing !== undefined) this.#diskRings.set(context, diskRing);
      },
      add: (message) => this.#add(message),
      close: (context, storeIds) => this.#close(context, storeIds),
      settle: (context) => this.#settle(context),
      settleSync: (context) => this.#finishBefore(context),
    });
    return diskRing === undefined ? [memory] : [memory, diskRing];
  }

  /** Statistics. `queuedBytes` is the memory in use. */
  stats(): SinkStats {
    const state = this.#contexts.size > 0 ? "open" : "connecting";
    const common = { sentBytes: 0, droppedRows: 0, droppedBytes: 0, reconnects: 0 };
    return { kind: this.kind, state, queuedBytes: this.#ring.bytes, maxQueueBytes: this.#maxBytes, ...common };
  }

  /**
   * Calls a function with each dump. A function that throws or rejects gets the dump again: after a minute, after twice
   * as long the next time, and with the next dump. Without any function, dumps wait for the first one.
   *
   * @returns a function that removes the handler
   * @throws {TypeError} naming the wrong argument
   */
  on(type: "dump", handler: DumpHandler): () => void {
    if (type !== "dump") throw invalidArgument("type", '"dump"', type);
    if (typeof handler !== "function") throw invalidArgument("handler", "a function that takes a dump", handler);
    return this.#outbox.add(handler);
  }

  /**
   * Records on for `after` seconds, makes a dump, and passes it to the handlers. A dump that is under way is joined:
   * its reasons then include this one.
   *
   * Rejects with `INVALID_ARGUMENT` for a wrong argument.
   *
   * @param reason what has happened, for the reader of the dump
   * @returns the dump, before a handler has taken it
   */
  dump(reason: string, options?: DumpOptions): Promise<FlightDump> {
    return withRerunErrors(async () => {
      checkReason(reason);
      checkOptions("dump", options, { after: 1, recording: 1 });
      const { after, recording } = options ?? {};
      const afterMs = after === undefined ? this.#afterMs : nonNegative("after", after) * 1000;
      this.#flushRows();
      return this.#trigger(reason, afterMs, recording).done;
    });
  }

  /**
   * The present contents as a complete `.rrd`, without a call of a handler.
   *
   * @param reason what has happened, for the reader of the recording. Default `requested`
   * @param recording the recordings, as in {@link dump}
   */
  toBytes(reason = "requested", recording?: DumpOptions["recording"]): Uint8Array<ArrayBuffer> {
    checkReason(reason);
    const { isIncluded } = choiceOf(recording);
    this.#flushRows();
    this.#ring.expire(this.#windowStart(performance.now()));
    return buildDump(this.#ring, newTrigger(reason, this.#ring), isIncluded).rrd;
  }

  /**
   * Makes a dump when a logged value meets a condition. Rows are tested when their chunk is sent, some 0.2 s later.
   *
   * @param predicate takes each instance: the number of `Scalars`, the text of a `TextLog`. A predicate that throws is
   * not called again
   * @returns a function that ends the condition
   * @throws {TypeError} naming the wrong argument
   * @example
   * box.when("/motor/temperature", (celsius) => celsius > 80, { cooldownSeconds: 300 });
   */
  when(entityPath: EntityPathLike, predicate: (value: number) => boolean, options?: ConditionOptions): () => void;
  when(entityPath: EntityPathLike, predicate: (value: string) => boolean, options?: ConditionOptions): () => void;
  when(entityPath: EntityPathLike, predicate: (value: boolean) => boolean, options?: ConditionOptions): () => void;
  when(entityPath: EntityPathLike, predicate: (value: never) => boolean, options?: ConditionOptions): () => void {
    const path = String(checkEntityPath("entityPath", entityPath));
    if (typeof predicate !== "function") throw invalidArgument("predicate", "a function of a value", predicate);
    const limits = new TriggerLimits("when", options, { component: 1 });
    const condition: Condition = { component: options?.component, limits, predicate, isBroken: false };
    const conditions = this.#conditions.get(path) ?? new Set();
    this.#conditions.set(path, conditions.add(condition));
    return () => {
      conditions.delete(condition);
      if (conditions.size === 0) this.#conditions.delete(path);
    };
  }

  /**
   * Makes a dump when an error is not caught, a promise rejects without a handler, or `console.error` is called. Each
   * of these is a trigger with its own limits.
   *
   * @returns a function that ends it
   * @throws {TypeError} naming the wrong option
   */
  captureErrors(options?: CaptureErrorsOptions): () => void {
    const known = { console: "boolean" } as const;
    const errors = new TriggerLimits("captureErrors", options, known);
    const messages = new TriggerLimits("captureErrors", options, known);
    const stopErrors = this.#platform.listenToErrors((reason, isFatal) => {
      // After a fatal error, the process lives no longer than this call.
      if (isFatal) this.#dumpNow(reason);
      else if (errors.take()) this.#trigger(reason, this.#afterMs, undefined);
    });
    const stopConsole =
      options?.console === false
        ? undefined
        : watchConsoleErrors((text) => {
            if (messages.take()) this.#trigger(`console.error: ${text}`, this.#afterMs, undefined);
          });
    return () => {
      stopErrors();
      stopConsole?.();
    };
  }

  /** @internal Takes a message that no recording of this process has sent. */
  record(message: EncodedMessage): void {
    this.#add(message);
  }

  #add(message: EncodedMessage): void {
    const now = performance.now();
    this.#ring.add(message, now);
    this.#ring.expire(this.#windowStart(now));
    if (this.#conditions.size > 0) this.#test(message);
  }

  /** The time before which messages are no longer needed. A dump that is under way needs those before its trigger. */
  #windowStart(now: number): number {
    let start = now;
    for (const { trigger } of this.#pending.values()) start = Math.min(start, trigger.at);
    return start - this.#windowMs;
  }

  #test(message: EncodedMessage): void {
    const path = message.manifest?.entityPath;
    for (const condition of (path !== undefined && this.#conditions.get(path)) || []) {
      if (condition.isBroken) continue;
      try {
        const met = watchedValues(message, condition.component)?.find(
          (value) => condition.predicate(value as never) === true,
        );
        if (met !== undefined && condition.limits.take()) this.#trigger(`${path} is ${met}`, this.#afterMs, undefined);
      } catch (error) {
        condition.isBroken = true;
        this.#warn(`the condition for ${path} failed, and is not tested again: ${messageOf(error)}`);
      }
    }
  }

  #trigger(reason: string, afterMs: number, recording: DumpOptions["recording"]): PendingDump {
    const { key, isIncluded } = choiceOf(recording);
    const known = this.#pending.get(key);
    if (known !== undefined) {
      const { reasons } = known.trigger;
      if (!reasons.includes(reason) && reasons.length < MAX_REASONS) reasons.push(reason);
      return known;
    }
    let [resolve, reject]: [(dump: FlightDump) => void, (error: unknown) => void] = [() => {}, () => {}];
    const done = new Promise<FlightDump>((onMade, onFailed) => ([resolve, reject] = [onMade, onFailed]));
    // Most triggers do not wait for it. A failure is a warning as well.
    done.catch(() => {});
    const timer = startTimer(() => this.#finish(key), afterMs);
    (timer as { unref?: () => void } | undefined)?.unref?.();
    const trigger = newTrigger(reason, this.#ring);
    const pending = { trigger, isIncluded, timer, done, resolve, reject };
    this.#pending.set(key, pending);
    return pending;
  }

  #finish(key: string): void {
    const pending = this.#pending.get(key);
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    this.#pending.delete(key);
    try {
      this.#flushRows();
      this.#ring.expire(Math.min(pending.trigger.at - this.#windowMs, this.#windowStart(performance.now())));
      const dump = buildDump(this.#ring, pending.trigger, pending.isIncluded);
      pending.resolve(dump);
      this.#outbox.push(dump);
    } catch (error) {
      // A choice of recordings may throw, and a device may lack the memory for a copy of the window.
      pending.reject(toRerunError(error));
      this.#warn(`a dump failed: ${messageOf(error)}`);
    }
  }

  #finishAll(): void {
    for (const key of this.#pending.keys()) this.#finish(key);
  }

  /** Makes a dump without `after`, calls the handlers before this method returns, and leaves the rings on disk. */
  #dumpNow(reason: string): void {
    this.#flushRows();
    this.#trigger(reason, 0, undefined);
    const { trigger } = this.#pending.get("") as PendingDump;
    this.#finishAll();
    this.#outbox.deliverNow();
    for (const [{ applicationId, recordingId }, diskRing] of this.#diskRings) {
      const storeId: StoreId = { kind: "recording", applicationId, recordingId };
      diskRing.keep(reasonMessages(storeId, momentOf(trigger, this.#ring), []));
    }
  }

  /**
   * Makes the dumps that are under way before a recording closes, unless they are about others as well. Settles when
   * every handler has been called once with each.
   */
  async #settle(context: RecordingSinkContext): Promise<void> {
    this.#finishBefore(context);
    await this.#outbox.delivered();
  }

  #finishBefore(context: RecordingSinkContext): void {
    if (this.#contexts.size <= 1) this.#finishAll();
    else this.#finish(keyOf(context.recordingId));
  }

  #close(context: RecordingSinkContext, storeIds: readonly StoreId[]): void {
    this.#contexts.delete(context);
    this.#diskRings.delete(context);
    for (const storeId of storeIds) this.#ring.close(storeId);
  }

  #flushRows(): void {
    for (const context of this.#contexts) context.flushRows();
  }

  #warn(message: string): void {
    const [context] = this.#contexts;
    if (context === undefined) console.warn(`[rerun] ${message}`);
    else context.onWarning(message);
  }
}

function checkReason(reason: unknown): void {
  if (typeof reason !== "string" || reason === "") throw invalidArgument("reason", "a non-empty string", reason);
}

/** The recordings of a dump. Dumps with the same key are joined. */
function choiceOf(recording: DumpOptions["recording"]): Pick<PendingDump, "isIncluded"> & { readonly key: string } {
  if (recording === undefined) return { key: "", isIncluded: () => true };
  if (typeof recording === "function") return { key: `function ${randomId()}`, isIncluded: recording };
  const id = typeof recording === "string" ? recording : recording?.recordingId;
  if (typeof id !== "string")
    throw invalidArgument("recording", "a recording, its id, or a function of ids", recording);
  return { key: keyOf(id), isIncluded: (recordingId) => recordingId === id };
}

function keyOf(recordingId: string): string {
  return `id ${recordingId}`;
}
