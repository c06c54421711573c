import { InvalidValueError } from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";
import type { GeoLineStringsFields } from "../gen/fields/geo-line-strings.ts";
import { lineStrips, type LineStrips2DLike } from "../codecs/line-strips.ts";
import { FLOAT64 } from "../codecs/numbers.ts";
import { expandDegrees } from "./geo.ts";

/** The points of the lines in degrees: latitude first, or longitude first as in GeoJSON. */
export type GeoLineStringsPlace =
  | { latLon: LineStrips2DLike | null; lonLat?: never; lineStrings?: never }
  | { lonLat: LineStrips2DLike | null; latLon?: never; lineStrings?: never }
  | { lineStrings: LineStrips2DLike | null; latLon?: never; lonLat?: never };

/** Options of {@link GeoLineStrings}. */
export type GeoLineStringsOptions = Omit<GeoLineStringsFields, "lineStrings"> & GeoLineStringsPlace;

const codec = lineStrips<unknown>(2, FLOAT64);

/** Converts degrees in either order to line strings. */
export function expandGeoLineStrings(options: FieldValues): FieldValues {
  return expandDegrees(options, "lineStrings", "GeoLineStrings", swapStrips);
}

function swapStrips(lonLat: unknown): unknown {
  const builder = codec.createBuilder();
  try {
    codec.append(lonLat, builder, -1);
  } catch (error) {
    const argument = "GeoLineStrings.lonLat";
    throw error instanceof InvalidValueError
      ? new InvalidValueError(error.expected, error.got, error.isRange, argument, error.path)
      : error;
  }
  const flat = new Float64Array(builder.item.item.data.used.slice().buffer);
  const lengths = Array.from({ length: builder.length }, (_, strip) => builder.itemCount(strip, strip + 1));
  return { points: flat.map((_, index) => flat[index ^ 1] as number), lengths };
}
