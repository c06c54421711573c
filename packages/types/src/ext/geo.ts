import { problemWith } from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";
import { requireOne } from "./require-one.ts";

/** Converts the option `latLon` or `lonLat` to `field`. Throws `InvalidValueError` if several are given. */
export function expandDegrees(
  { latLon, lonLat, ...fields }: FieldValues,
  field: string,
  archetype: string,
  swap: (lonLat: unknown) => unknown,
): FieldValues {
  const given = [latLon, lonLat, fields[field]].filter((value) => value !== undefined);
  if (given.length > 1) {
    throw problemWith(archetype, `has ${given.length} of \`latLon\`, \`lonLat\` and \`${field}\`: pass one`);
  }
  requireOne({ latLon, lonLat, ...fields }, archetype, ["latLon", "lonLat", field]);
  if (latLon !== undefined) return { ...fields, [field]: latLon };
  if (lonLat !== undefined) return { ...fields, [field]: lonLat === null ? null : swap(lonLat) };
  return fields;
}
