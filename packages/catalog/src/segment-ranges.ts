import { cloudService } from "./catalog-service.ts";
import type { CatalogCall, CatalogCalls } from "./catalog-calls.ts";
import { batchesOfPart, columnOf, tableOfResponse, limitedParts, textsOf, columnTimes } from "./server-tables.ts";
import { isValid } from "@rerun-ts/reading/chunks";

/** A segment, and the first and last of its times on a timeline. */
export interface SegmentRange {
  readonly id: string;
  readonly start: bigint | undefined;
  readonly end: bigint | undefined;
}

/** The segments of a dataset, or some of them, with their range of a timeline. */
export async function segmentRanges(
  calls: CatalogCalls,
  timeline: string,
  segments: readonly string[] | undefined,
  call: CatalogCall,
): Promise<readonly SegmentRange[]> {
  const ranges: SegmentRange[] = [];
  const request = {
    columns: ["rerun_segment_id", `${timeline}:start`, `${timeline}:end`],
    ...segmentFilter(segments),
  };
  const responses = calls.responses(cloudService.method.scanSegmentTable, request, call);
  for await (const { data } of limitedParts(responses, call, tableOfResponse)) {
    for (const batch of batchesOfPart(data)) {
      const [start, end] = [`${timeline}:start`, `${timeline}:end`].map((name) => {
        const column = columnOf(batch, name);
        return column === undefined || column.nullCount === column.length
          ? undefined
          : { column, times: columnTimes(column, name) };
      });
      for (const [row, id = ""] of textsOf(batch, "rerun_segment_id").entries()) {
        const at = (of: typeof start): bigint | undefined =>
          of !== undefined && isValid(of.column, row) ? of.times[row] : undefined;
        ranges.push({ id, start: at(start), end: at(end) });
      }
    }
  }
  return ranges;
}

/** The filter of a scan of segments. Empty for all segments. */
export function segmentFilter(segments: readonly string[] | undefined): {
  readonly segmentIdFilter?: {
    readonly strategy: { readonly case: "scanOnly"; readonly value: { readonly segmentIds: string[] } };
  };
} {
  if (segments === undefined) return {};
  return { segmentIdFilter: { strategy: { case: "scanOnly", value: { segmentIds: [...segments] } } } };
}
