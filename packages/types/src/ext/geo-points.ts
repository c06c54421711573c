import type { FieldValues } from "../define/archetype.ts";
import type { GeoPointsFields } from "../gen/archetypes/geo-points.ts";
import type { Vec2sLike } from "../input/vectors.ts";
import { flatDoubles } from "./flat-vectors.ts";
import { expandDegrees } from "./geo.ts";

/** Where the points are, in degrees: latitude first, or longitude first as in GeoJSON. */
export type GeoPointsPlace =
  | { latLon: Vec2sLike | null; lonLat?: never; positions?: never }
  | { lonLat: Vec2sLike | null; latLon?: never; positions?: never }
  | { positions: Vec2sLike | null; latLon?: never; lonLat?: never };

/** Options of {@link GeoPoints}. */
export type GeoPointsOptions = Omit<GeoPointsFields, "positions"> & GeoPointsPlace;

/** Degrees in either order become positions. */
export function expandGeoPoints(options: FieldValues): FieldValues {
  return expandDegrees(options, "positions", "GeoPoints", (lonLat) => swapPairs(lonLat, "GeoPoints.lonLat"));
}

/** Pairs of numbers with both exchanged. Throws `InvalidValue` that names `argument`. */
export function swapPairs(pairs: unknown, argument: string): Float64Array {
  const flat = flatDoubles(pairs, 2, argument);
  return flat.map((_, index) => flat[index ^ 1] as number);
}
