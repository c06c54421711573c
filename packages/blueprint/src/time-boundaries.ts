import type { encodings } from "@rerun-ts/types";

/**
 * A boundary of a time range that moves with the time cursor.
 *
 * @param offset the distance from the cursor: negative is before it; in nanoseconds on timelines of durations and
 * timestamps
 * @example
 * new rrb.Spatial3DView({
 *   timeRanges: { timeline: "frame", start: rrb.cursorRelative(-10), end: rrb.cursorRelative(0) },
 * });
 */
export function cursorRelative(offset: number | bigint): encodings.TimeRangeBoundaryLike {
  return { cursorRelative: offset };
}

/**
 * A boundary of a time range at a fixed time.
 *
 * @param time a sequence number; on other timelines nanoseconds, of the duration or since 1970
 */
export function absolute(time: number | bigint): encodings.TimeRangeBoundaryLike {
  return { absolute: time };
}

/** A boundary that limits nothing: the range begins with the first data, or ends with the last. */
export function infinite(): encodings.TimeRangeBoundaryLike {
  return "infinite";
}
