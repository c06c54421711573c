import type { FieldValues } from "../define/archetype.ts";
import type { GeoPointsFields } from "../gen/fields/geo-points.ts";
import type { Vec2sLike } from "../codecs/vectors.ts";
import { flatDoubles } from "./flat-vectors.ts";
import { expandDegrees } from "./geo.ts";

/** The points in degrees: latitude first, or longitude first as in GeoJSON. */
export type GeoPointsPlace =
  | { latLon: Vec2sLike | null; lonLat?: never; positions?: never }
  | { lonLat: Vec2sLike | null; latLon?: never; positions?: never }
  | { positions: Vec2sLike | null; latLon?: never; lonLat?: never };

/** Options of {@link GeoPoints}. */
export type GeoPointsOptions = Omit<GeoPointsFields, "positions"> & GeoPointsPlace;

/** Converts degrees in either order to positions. */
export function expandGeoPoints(options: FieldValues): FieldValues {
  return expandDegrees(options, "positions", "GeoPoints", (lonLat) => swapPairs(lonLat, "GeoPoints.lonLat"));
}

/** Swaps the two numbers of each pair. Throws an `InvalidValueError` that names `argument`. */
function swapPairs(pairs: unknown, argument: string): Float64Array {
  const flat = flatDoubles(pairs, 2, argument);
  return flat.map((_, index) => flat[index ^ 1] as number);
}
