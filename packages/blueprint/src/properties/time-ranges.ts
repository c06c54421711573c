import type { encodings } from "@rerun-ts/types";
import { VisibleTimeRanges, type VisibleTimeRangesFields } from "@rerun-ts/types/blueprint";
import { defineProperty, type Property, type PropertyFields, type PropertyLike } from "../property.ts";

/** A time range on a timeline, with its boundaries beside the name of the timeline, or as `range`. */
export type TimeRangeOnTimeline =
  | encodings.VisibleTimeRangeLike
  | {
      /** The name of the timeline. */
      readonly timeline: string;
      /** The start. */
      readonly start: encodings.TimeRangeBoundaryLike;
      /** The end. */
      readonly end: encodings.TimeRangeBoundaryLike;
    };

/** The times whose data is visible: one range, or several on different timelines. */
export type VisibleTimeRangesLike = PropertyLike<
  VisibleTimeRangesFields,
  TimeRangeOnTimeline | readonly TimeRangeOnTimeline[]
>;

/** `VisibleTimeRanges`. */
export const visibleTimeRanges: Property = /* @__PURE__ */ defineProperty(VisibleTimeRanges, {
  shorthand: "ranges",
  valueKey: "timeline",
  expand: ({ ranges, ...others }) => ({
    ...others,
    ranges: Array.isArray(ranges) ? ranges.map(withRange) : withRange(ranges),
  }),
});

/** Moves boundaries beside the timeline into `range`. */
function withRange(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("start" in value) || "range" in value) return value;
  const { start, end, ...others } = value as PropertyFields;
  return { ...others, range: { start, end } };
}
