import type { TimeValue } from "@rerun-ts/core";
import { timeText } from "@rerun-ts/core/encode";
import type { CatalogUrl } from "./catalog-url.ts";
import { checkNonEmptyText } from "./check-texts.ts";

/** A moment and a range of times in a link to a segment. */
export interface SegmentTimes {
  /** The name of the timeline. */
  timeline: string;
  /** The time to show, and the begin of the selected range. */
  start: TimeValue;
  /** The end of the selected range. Default: no range is selected. */
  end?: TimeValue | undefined;
}

/** The link that opens a segment in a viewer. @throws {TypeError} if a time is wrong */
export function segmentLink({ href }: CatalogUrl, datasetId: string, segmentId: string, times?: SegmentTimes): string {
  const link = `${href}/dataset/${datasetId}?segment_id=${encodeURIComponent(checkNonEmptyText("segmentId", segmentId))}`;
  if (times === undefined) return link;
  const { timeline, start, end } = times;
  const name = encodeURIComponent(checkNonEmptyText("timeline", timeline, "the name of a timeline"));
  const from = timeText(start);
  const range = end === undefined ? "" : `&time_selection=${name}@${from}..${timeText(end)}`;
  return `${link}#when=${name}@${from}${range}`;
}
