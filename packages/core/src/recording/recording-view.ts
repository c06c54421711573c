import type { AsComponents } from "../batch/component.ts";
import type { ComponentColumn } from "../batch/component-column.ts";
import type { EntityPathLike } from "../entity/entity-path.ts";
import type { TimeColumn } from "../time/time-column.ts";
import type { TimePoint, TimePointLike } from "../time/time-point.ts";

/** Options of `log`. */
export interface LogOptions {
  /** Without time: it holds at all times, and hides data with time of the same component. Default `false`. */
  static?: boolean | undefined;
  /** Times for this row alone, on top of the recording's. */
  time?: TimePointLike | undefined;
}

/** Columns of one or several archetypes, as `X.columns({ … })` makes them. */
export type ColumnsInput = Iterable<ComponentColumn | Iterable<ComponentColumn>>;

/** What can be logged into: a recording, or a recording at a time. */
export interface RecordingView {
  /**
   * Logs one row: all components of `data`, at the current times. Data is checked and copied here.
   * Wrong data is reported (in strict mode thrown) and then nothing of the row is stored.
   */
  log(path: EntityPathLike, data: AsComponents | readonly AsComponents[], options?: LogOptions): void;
  /** The same at other times, without touching anything shared: safe in concurrent tasks. */
  at(time: TimePointLike): RecordingView;
  /**
   * Logs many rows at once, column by column. Neither the current times nor `log_time` are added.
   * Without `times` the rows are static.
   */
  sendColumns(path: EntityPathLike, times: TimeColumn | readonly TimeColumn[], columns: ColumnsInput): void;
}

/** How a view logs: the recording's own way, with the times given along. */
export interface ViewTarget {
  logAt(
    path: EntityPathLike,
    data: AsComponents | readonly AsComponents[],
    options: LogOptions | undefined,
    time: TimePoint,
  ): void;
  timeAt(base: TimePoint, time: TimePointLike): { readonly point: TimePoint; readonly own: readonly string[] };
  sendColumnsAt(
    path: EntityPathLike,
    times: TimeColumn | readonly TimeColumn[],
    columns: ColumnsInput,
    point: TimePoint,
    own: readonly string[],
  ): void;
}

/** A recording at a time. The recording's other times are those it had when the view was made. */
export class TimedView implements RecordingView {
  readonly #target: ViewTarget;
  readonly #point: TimePoint;
  /** The timelines that were asked for: columns get these, and only these. */
  readonly #own: readonly string[];

  constructor(target: ViewTarget, point: TimePoint, own: readonly string[]) {
    this.#target = target;
    this.#point = point;
    this.#own = own;
  }

  log(path: EntityPathLike, data: AsComponents | readonly AsComponents[], options?: LogOptions): void {
    this.#target.logAt(path, data, options, this.#point);
  }

  at(time: TimePointLike): RecordingView {
    const { point, own } = this.#target.timeAt(this.#point, time);
    return new TimedView(this.#target, point, [...new Set([...this.#own, ...own])]);
  }

  sendColumns(path: EntityPathLike, times: TimeColumn | readonly TimeColumn[], columns: ColumnsInput): void {
    this.#target.sendColumnsAt(path, times, columns, this.#point, this.#own);
  }
}
