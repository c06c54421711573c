import { checkOptions } from "../checks/check-arguments.ts";
import { Batcher, type ChunkTarget } from "../batch/batcher.ts";
import type { BatcherConfig } from "../batch/batcher-config.ts";
import { convertColumns, cutChunks, type ChunkIds } from "../batch/column-chunks.ts";
import type { AsComponents } from "../batch/component.ts";
import type { EntityRows } from "../batch/entity-rows.ts";
import { RowIdColumn, TuidGenerator } from "../batch/tuid.ts";
import { compareStrings } from "../collections/compare-strings.ts";
import { toEntityPath, type EntityPathLike } from "../entity/entity-path.ts";
import { InvalidValueError, wrongType } from "../checks/invalid-value-error.ts";
import { PROPERTIES_PATH } from "../rrd/encode/manifest-names.ts";
import { Clock } from "../time/clock.ts";
import type { Int64 } from "../time/int64.ts";
import { TimeColumn } from "../time/time-column.ts";
import {
  checkTimeline,
  resolveTimePoint,
  TimePoint,
  type AutomaticTimelines,
  type TimePointLike,
} from "../time/time-point.ts";
import { resolveTimeValue, type TimeCell, type TimeValue } from "../time/time-value.ts";
import { TimelineRegistry } from "../time/timeline.ts";
import type { ColumnsInput, LogOptions, ViewTarget, ViewTimes } from "./recording-view.ts";
import type { Reporter } from "./reporter.ts";

/** The approximate size above which columns are split into several chunks. */
const MAX_COLUMN_CHUNK_BYTES = 32 * 1024 * 1024;
const NOTHING_LOGGED = "nothing was logged";
const TIME_UNCHANGED = "the time is unchanged";
const AUTOMATIC = {
  logTime: { name: "log_time", kind: "timestamp" },
  logTick: { name: "log_tick", kind: "sequence" },
} as const;

/** The part of a recording's setup that concerns rows. */
export interface RowLogOptions {
  readonly enabled: boolean;
  readonly batcher: BatcherConfig;
  readonly logTime: boolean;
  readonly logTick: boolean;
}

/**
 * Turns logging calls into rows: resolves the path and the times, and passes the data to the batcher, or columns to
 * `target`. The class holds the recording's current times, its clock and its ids.
 *
 * The public methods never throw because of invalid data, except in strict mode: they catch all errors of resolving and
 * reading the data, and pass them to the reporter with the name of the argument. `#label` is that name. Each step sets
 * it, and only `catch` reads it, because passing it as an argument would take time in every row.
 */
export class RowLog implements ViewTarget {
  /** The number of rows that were logged, in a separate object, which can be kept without the recording. */
  readonly counts: { rows: number } = { rows: 0 };
  readonly batcher: Batcher;
  /** Whether rows are logged: calls are ignored otherwise, and reported unless the recording is disabled. */
  isOpen: boolean;
  /** The number of the next call, for `log_tick`. */
  tick = 0;
  readonly #enabled: boolean;
  readonly #reporter: Reporter;
  readonly #target: ChunkTarget;
  readonly #clock = new Clock();
  readonly #ids = new TuidGenerator();
  readonly #chunkIds: ChunkIds = { next: () => this.nextId(), rows: new RowIdColumn() };
  readonly #registry = new TimelineRegistry();
  readonly #static: TimePoint;
  #automatic: AutomaticTimelines = {};
  #time: TimePoint;
  readonly #cell: TimeCell = { kind: "sequence", lo: 0, hi: 0 };
  /** The argument or timeline that is being resolved, for error messages. Empty while the batcher reads the data. */
  #label = "";

  /** @param target receives the chunks of rows and columns */
  constructor({ enabled, batcher, logTime, logTick }: RowLogOptions, reporter: Reporter, target: ChunkTarget) {
    this.isOpen = this.#enabled = enabled;
    this.#reporter = reporter;
    this.#target = target;
    this.batcher = new Batcher(batcher, this.#clock, this.#ids, target, (message) => reporter.notice(message));
    this.#static = new TimePoint(this.#registry, {});
    this.#time = new TimePoint(this.#registry, {});
    if (logTime) this.setAutomatic("logTime", true);
    if (logTick) this.setAutomatic("logTick", true);
  }

  /** The recording's current times. */
  get time(): TimePoint {
    return this.#time;
  }

  /** Switches an automatic timeline on or off for later rows. */
  setAutomatic(key: keyof AutomaticTimelines, enabled: boolean): void {
    const { name, kind } = AUTOMATIC[key];
    try {
      if (enabled) this.checkTimeline(name, kind);
    } catch (error) {
      this.#reporter.invalid(error, { argument: name, consequence: TIME_UNCHANGED });
      return;
    }
    const times = this.#time.copy({});
    if (this.#automatic[key] !== undefined) times.remove(name);
    this.#automatic = { ...this.#automatic, [key]: enabled ? this.#registry.resolve(name, kind) : undefined };
    this.#time = times.copy(this.#automatic);
  }

  /** Whether the recording has ended, so that the call is ignored. Reports such a call. */
  refuses(call: string): boolean {
    if (!this.isOpen && this.#enabled)
      this.#reporter.notice(`\`${call}\` was called after the recording was closed; the call is ignored`, "CLOSED");
    return !this.isOpen;
  }

  /** Checks that a timeline can have times of a kind. @throws {InvalidValueError} if it has times of another kind */
  checkTimeline(name: string, kind: TimeCell["kind"]): void {
    checkTimeline(this.#registry, name, { kind, lo: 0, hi: 0 });
  }

  /** The wall-clock time in nanoseconds since 1970. */
  now(): Int64 {
    this.#clock.resync();
    this.#clock.read();
    return { lo: this.#clock.lo, hi: this.#clock.hi };
  }

  /** Generates a new id, which is valid until the next one is generated. */
  nextId(): TuidGenerator {
    this.#clock.read();
    this.#ids.next(this.#clock);
    return this.#ids;
  }

  /** Logs one row at `time`, to which the automatic times of this call are added. */
  logAt(
    path: EntityPathLike,
    data: AsComponents | readonly AsComponents[],
    options: LogOptions | undefined,
    time: TimePoint,
  ): void {
    if (this.refuses("log")) return;
    // Since the last row, the machine may have slept, or its clock may have been set.
    if (this.batcher.isIdle) this.#clock.resync();
    const now = this.#clock.read();
    const tick = this.tick++;
    let entity: EntityRows | undefined;
    this.#label = "path";
    try {
      entity = (typeof path === "string" ? this.batcher.entities.find(path) : undefined) ?? this.#resolvePath(path);
      const point = options === undefined ? time : this.#pointFor(options, time);
      point.stamp(this.#clock, tick);
      this.#label = "";
      if (this.batcher.append(entity, data, point, now)) this.counts.rows++;
    } catch (error) {
      const argument = this.#label === "" ? this.batcher.writer.label : this.#label;
      this.#reporter.invalid(error, { argument, entityPath: entity?.path, consequence: NOTHING_LOGGED });
    }
  }

  /** Logs the recording's own properties: static, and not counted as a call. */
  logProperties(path: string, data: AsComponents): void {
    this.batcher.append(this.batcher.entities.at(path), data, this.#static, this.#clock.read());
  }

  /**
   * Logs the result of `makeInfo` about the recording. If `makeInfo` throws, reports the error with the name of the
   * argument.
   */
  logInfo(argument: string, makeInfo: () => AsComponents): void {
    let info: AsComponents;
    try {
      info = makeInfo();
    } catch (error) {
      this.#reporter.invalid(error, { argument, consequence: NOTHING_LOGGED });
      return;
    }
    this.logAt(PROPERTIES_PATH, info, { static: true }, this.#time);
  }

  /** A copy of `base` with the times of `time`. If one time is invalid, it is reported, and no time is added. */
  timeAt(base: TimePoint, time: TimePointLike): ViewTimes {
    const point = base.copy();
    this.#label = "time";
    try {
      return { point, requested: this.#assign(point, time) };
    } catch (error) {
      this.#reporter.invalid(error, { argument: this.#label, consequence: TIME_UNCHANGED });
      return { point, requested: [] };
    }
  }

  /** Sets the current time on one timeline, or on several. If one value is invalid, no time is set. */
  setTime(timeline: string | TimePointLike, value: TimeValue | undefined): void {
    this.#label = "time";
    try {
      if (typeof timeline === "string") {
        this.#label = timeline;
        this.#setTimeOn(timeline, value as TimeValue);
      } else {
        this.#assign(this.#time, timeline);
      }
    } catch (error) {
      this.#reporter.invalid(error, { argument: this.#label, consequence: TIME_UNCHANGED });
    }
  }

  /** Logs columns with no other times than their own. */
  sendColumns(path: EntityPathLike, times: TimeColumn | readonly TimeColumn[], columns: ColumnsInput): void {
    this.sendColumnsAt(path, times, columns, { point: this.#time, requested: [] });
  }

  /** Logs columns, with the requested times of a view in every row. */
  sendColumnsAt(
    path: EntityPathLike,
    times: TimeColumn | readonly TimeColumn[],
    columns: ColumnsInput,
    { point, requested }: ViewTimes,
  ): void {
    if (this.refuses("sendColumns")) return;
    let entity: EntityRows | undefined;
    this.#label = "path";
    try {
      entity = this.#resolvePath(path);
      const table = convertColumns({ times, columns }, this.#registry, (label) => (this.#label = label));
      const constants = requested
        .filter((name) => !table.times.some((time) => time.name === name))
        .map((name) => this.#constantColumn(point, name, table.rows));
      const all = { ...table, times: [...table.times, ...constants].sort((a, b) => compareStrings(a.name, b.name)) };
      // Pending rows are older and must be sent first, because a later static chunk replaces an earlier one.
      this.batcher.flushEntity(entity);
      for (const chunk of cutChunks(all, entity.path, this.#registry, MAX_COLUMN_CHUNK_BYTES, this.#chunkIds)) {
        this.#target.send(chunk);
        this.counts.rows += chunk.to - chunk.from;
      }
    } catch (error) {
      this.#reporter.invalid(error, { argument: this.#label, entityPath: entity?.path, consequence: NOTHING_LOGGED });
    }
  }

  /** Sets the times of a point on several timelines, or on none if one is invalid. Returns the timelines. */
  #assign(point: TimePoint, time: TimePointLike): readonly string[] {
    const entries = resolveTimePoint(time, this.#registry, (name) => (this.#label = name));
    for (const { timeline, lo, hi } of entries) point.assign(timeline, lo, hi);
    return entries.map(({ timeline }) => timeline.name);
  }

  #setTimeOn(name: string, value: TimeValue): void {
    const cell = this.#cell;
    const time = this.#time;
    resolveTimeValue(value, cell);
    const slot = time.slotOf(name);
    if (slot >= 0 && time.set.timelines[slot]?.kind === cell.kind) {
      time.lo[slot] = cell.lo;
      time.hi[slot] = cell.hi;
      return;
    }
    checkTimeline(this.#registry, name, cell, value);
    time.assign(this.#registry.resolve(name, cell.kind), cell.lo, cell.hi);
  }

  /** The times of a row that is logged with options. */
  #pointFor(options: LogOptions, time: TimePoint): TimePoint {
    this.#label = "options";
    if (typeof options !== "object" || options === null || "asComponents" in options) {
      throw wrongType("an object { static, time } (several archetypes? pass an array: `log(path, [a, b])`)", options);
    }
    const unknown = Object.keys(options).find((key) => key !== "static" && key !== "time");
    if (unknown !== undefined || typeof (options.static ?? false) !== "boolean") {
      checkOptions("log", options, { static: "boolean", time: 1 });
    }
    if (options.static === true) {
      if (options.time !== undefined)
        this.#reporter.notice("a row was logged with both `static` and `time`; `time` is ignored");
      return this.#static;
    }
    if (options.time === undefined) return time;
    const point = time.copy();
    this.#label = "time";
    this.#assign(point, options.time);
    return point;
  }

  #constantColumn(point: TimePoint, name: string, rows: number): TimeColumn {
    const slot = point.slotOf(name);
    const timeline = point.set.timelines[slot];
    if (timeline === undefined) throw new InvalidValueError("a timeline of this view", name, false);
    return TimeColumn.constant(
      name,
      timeline.kind,
      { lo: point.lo[slot] as number, hi: point.hi[slot] as number },
      rows,
    );
  }

  #resolvePath(path: EntityPathLike): EntityRows {
    const { path: resolved, problems } = toEntityPath(path);
    const { entities } = this.batcher;
    const entity = entities.at(resolved.toString());
    for (const { message, warns } of problems) {
      if (warns)
        this.#reporter.notice(`the entity path ${JSON.stringify(path)} ${message}; it is read as \`${entity.path}\``);
    }
    if (typeof path === "string") entities.remember(path, entity);
    return entity;
  }
}
