import type { DurationLike } from "@rerun-ts/core";
import type { TimeIntLike, encodings } from "@rerun-ts/types";

/**
 * A boundary of a time range that moves with the time cursor.
 *
 * @param offset the distance from the cursor: negative is before it. A number is in nanoseconds on timelines of
 * durations and timestamps. `{ seconds: -2.5 }` is in another unit. Default 0, the cursor itself.
 * @example
 * new rrb.Spatial3DView({
 *   timeRanges: { timeline: "frame", start: rrb.cursorRelative(-10), end: rrb.cursorRelative() },
 * });
 */
export function cursorRelative(offset: DurationLike = 0): encodings.TimeRangeBoundaryLike {
  return { cursorRelative: offset };
}

/**
 * A boundary of a time range at a fixed time.
 *
 * @param time a sequence number, or on other timelines a `Date`, a number with its unit, or nanoseconds, of the
 * duration or since 1970
 */
export function absolute(time: TimeIntLike): encodings.TimeRangeBoundaryLike {
  return { absolute: time };
}

/** A boundary that limits nothing: the range begins with the first data, or ends with the last. */
export function infinite(): encodings.TimeRangeBoundaryLike {
  return "infinite";
}
