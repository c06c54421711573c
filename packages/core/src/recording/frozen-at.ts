import { setEpochMs } from "../time/int64.ts";
import type { TimePointLike } from "../time/time-point.ts";
import { internalsOf } from "./recording-internals.ts";
import { TimedView, type RecordingView } from "./recording-view.ts";

/**
 * A recording with the times of `time` added to its current ones, for later data. Its automatic times are those of this
 * call instead of those of later calls.
 *
 * @param epochMs the wall-clock time, in milliseconds since 1970. Default: the time of this call
 */
export function frozenAt(recording: object, time: TimePointLike, epochMs?: number): RecordingView {
  const { log } = internalsOf(recording);
  const { point, requested } = log.timeAt(log.time, time);
  const wallTime = log.now();
  if (epochMs !== undefined) setEpochMs(wallTime, epochMs);
  point.stamp(wallTime, log.tick++);
  return new TimedView(log, { point: point.copy({}), requested });
}
