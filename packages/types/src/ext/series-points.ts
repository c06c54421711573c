import type { FieldValues } from "../define/archetype.ts";
import type { SeriesPointsFields } from "../gen/fields/series-points.ts";

/** Options of {@link SeriesPoints}. */
export type SeriesPointsOptions = SeriesPointsFields;

/** As in the native SDKs: if no option is given, the markers are circles, so that something is logged. */
export function expandSeriesPoints(options: FieldValues): FieldValues {
  const isEmpty = Object.values(options).every((value) => value === undefined);
  return isEmpty ? { markers: "Circle" } : options;
}
