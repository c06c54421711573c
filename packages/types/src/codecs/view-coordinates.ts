import { forEachIndex, outOfRange, toArrayLike, wrongType } from "@rerun-ts/core/checks";
import type { Codec } from "../define/codec.ts";
import { UINT8 } from "./numbers.ts";
import { vectorLayout, type VectorBuilder } from "./vectors.ts";

/** A direction as seen by a viewer. */
export type ViewDirection = "Up" | "Down" | "Right" | "Left" | "Forward" | "Back";

/**
 * The directions of +X, +Y and +Z: three initials such as `"RDF"` (right, down, forward), three names or numbers, or a
 * constant such as `ViewCoordinates.RDF`.
 */
export type ViewCoordinatesLike =
  | string
  | readonly (ViewDirection | number)[]
  | Uint8Array
  | { readonly xyz: ViewCoordinateSystemsLike | null };

/** One coordinate system, or a list of them. */
export type ViewCoordinateSystemsLike = ViewCoordinatesLike | readonly ViewCoordinatesLike[];

const DIRECTIONS = { Up: 1, Down: 2, Right: 3, Left: 4, Forward: 5, Back: 6 } as const;
const NAMES = Object.keys(DIRECTIONS) as ViewDirection[];
const EXPECTED =
  'three directions along different axes: initials such as "RDF" (right, down, forward), or names or numbers';

/** Coordinate systems. */
export const viewCoordinates: Codec<ViewCoordinateSystemsLike, VectorBuilder> = {
  .../* @__PURE__ */ vectorLayout(3, UINT8),
  append(values, builder): void {
    if (isOne(values)) return appendOne(builder, values);
    const list = toArrayLike(values, EXPECTED);
    forEachIndex(list.length, (index) => appendOne(builder, list[index]));
  },
};

/** Whether the values are one system: a string, or a list of directions. */
function isOne(values: ViewCoordinateSystemsLike): boolean {
  if (!Array.isArray(values)) return true;
  const first: unknown = values[0];
  return typeof first === "number" || (typeof first === "string" && findDirection(first) !== undefined);
}

function appendOne({ item: { data } }: VectorBuilder, given: unknown): void {
  const system = typeof given === "object" && given !== null && "xyz" in given ? given.xyz : given;
  const list = typeof system === "string" ? Array.from(system) : toArrayLike(system, EXPECTED);
  if (list.length !== 3) throw outOfRange(EXPECTED, system);
  const axes = new Set<number>();
  forEachIndex(3, (index) => {
    const direction = findDirection(list[index]);
    if (direction === undefined) throw wrongType(EXPECTED, list[index]);
    axes.add((direction + 1) >> 1);
    data.fill(direction, 1);
  });
  if (axes.size !== 3) throw outOfRange(EXPECTED, system);
}

function findDirection(value: unknown): number | undefined {
  if (typeof value === "number") return Object.values<number>(DIRECTIONS).find((direction) => direction === value);
  if (typeof value !== "string") return undefined;
  const text = value.toLowerCase();
  const name = NAMES.find((candidate) => candidate.toLowerCase() === text || candidate[0]?.toLowerCase() === text);
  return name === undefined ? undefined : DIRECTIONS[name];
}
