import type { encodings } from "@rerun-ts/types";
import { VisibleTimeRanges, type VisibleTimeRangesFields } from "@rerun-ts/types/blueprint";
import { defineProperty, type Property, type PropertyLike } from "../property.ts";

/** A time range on a timeline. The boundaries are beside the timeline's name, or in `range`. */
export type TimeRangeOnTimeline = encodings.VisibleTimeRangeLike;

/** The times of visible data: one range, or several on different timelines. */
export type VisibleTimeRangesLike = PropertyLike<
  VisibleTimeRangesFields,
  TimeRangeOnTimeline | readonly TimeRangeOnTimeline[]
>;

export const visibleTimeRanges: Property = /* @__PURE__ */ defineProperty(VisibleTimeRanges);
