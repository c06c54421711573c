import type { AsComponents } from "../batch/component.ts";
import type { ComponentColumn } from "../batch/component-column.ts";
import type { EntityPathLike } from "../entity/entity-path.ts";
import type { TimeColumn } from "../time/time-column.ts";
import type { TimePoint, TimePointLike } from "../time/time-point.ts";

/** Options of {@link RecordingView.log}. */
export interface LogOptions {
  /**
   * Whether the row is static: valid at all times. Default `false`. Static data hides temporal data of the same
   * components.
   */
  static?: boolean | undefined;
  /** Times of this row only, in addition to those of the recording. Default: none. */
  time?: TimePointLike | undefined;
}

/** Columns of one or several archetypes, as `X.columns({ … })` returns them. */
export type ColumnsInput = Iterable<ComponentColumn | Iterable<ComponentColumn>>;

/**
 * A target for data: a recording, or a recording at fixed times.
 *
 * All methods check and copy their data before they return, so callers may change it afterwards. Invalid data is
 * reported once per distinct problem, and nothing of the row is stored. In strict mode the call throws a `RerunError`
 * with the code `INVALID_DATA` instead. On a closed recording, calls are reported and ignored.
 */
export interface RecordingView {
  /**
   * Logs one row: all components of `data`, at the current times.
   *
   * @throws {RerunError} `INVALID_DATA`, in strict mode only. Otherwise invalid data is reported and not stored
   * @example
   * rec.log("world/points", new rr.Points3D([[0, 0, 0], [1, 1, 1]], { colors: ["red", "lime"], radii: 0.1 }));
   * rec.log("status", [new rr.TextLog("started"), new rr.Scalars(1)]); // several archetypes in one row
   * rec.log("map", new rr.TextDocument("north is up"), { static: true }); // at all times
   */
  log(path: EntityPathLike, data: AsComponents | readonly AsComponents[], options?: LogOptions): void;
  /**
   * A view with `time` in addition to the current times. Later calls of {@link RecordingStream.setTime} do not affect
   * it, so concurrent tasks cannot overwrite each other's times.
   *
   * @throws {RerunError} `INVALID_DATA`, in strict mode only. Otherwise an invalid time is reported and `time` is
   * ignored
   * @example
   * const view = rec.at({ frame: 44 });
   * view.log("height", new rr.Scalars(3));
   */
  at(time: TimePointLike): RecordingView;
  /**
   * Logs many rows together, column by column. This is the fastest way. All columns must have the same number of rows.
   * Neither the current times nor `log_time` are added, only those of {@link RecordingView.at}. If `times` is empty,
   * the rows are static.
   *
   * @throws {RerunError} `INVALID_DATA`, in strict mode only. Otherwise invalid data is reported and not stored
   * @example
   * const frames = rr.TimeColumn.sequence("frame", [0, 1, 2]);
   * rec.sendColumns("wave", frames, rr.Scalars.columns({ scalars: new Float64Array([0.1, 0.7, 0.3]) }));
   * rec.sendColumns("cloud", frames, rr.Points3D.columns({ positions: new Float32Array(18) }).partition([1, 2, 3]));
   */
  sendColumns(path: EntityPathLike, times: TimeColumn | readonly TimeColumn[], columns: ColumnsInput): void;
}

export interface ViewTimes {
  /** All times of the view's rows. */
  readonly point: TimePoint;
  /** The timelines that were passed to `at`: columns get these, and only these. */
  readonly requested: readonly string[];
}

/** The interface of a recording for a {@link TimedView}: the same calls, with the times as arguments. */
export interface ViewTarget {
  logAt(
    path: EntityPathLike,
    data: AsComponents | readonly AsComponents[],
    options: LogOptions | undefined,
    time: TimePoint,
  ): void;
  timeAt(base: TimePoint, time: TimePointLike): ViewTimes;
  sendColumnsAt(
    path: EntityPathLike,
    times: TimeColumn | readonly TimeColumn[],
    columns: ColumnsInput,
    view: ViewTimes,
  ): void;
}

/** A recording at fixed times. Its other times are those that the recording had when the view was created. */
export class TimedView implements RecordingView {
  // Functions instead of private members: proxies of reactive state have no such members, and wrap all objects.
  private readonly _target: () => ViewTarget;
  private readonly _times: () => ViewTimes;

  constructor(target: ViewTarget, times: ViewTimes) {
    this._target = () => target;
    this._times = () => times;
  }

  log(path: EntityPathLike, data: AsComponents | readonly AsComponents[], options?: LogOptions): void {
    this._target().logAt(path, data, options, this._times().point);
  }

  at(time: TimePointLike): RecordingView {
    const { point, requested } = this._target().timeAt(this._times().point, time);
    return new TimedView(this._target(), {
      point,
      requested: [...new Set([...this._times().requested, ...requested])],
    });
  }

  sendColumns(path: EntityPathLike, times: TimeColumn | readonly TimeColumn[], columns: ColumnsInput): void {
    this._target().sendColumnsAt(path, times, columns, this._times());
  }
}
