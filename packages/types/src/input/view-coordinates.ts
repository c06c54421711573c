import { forEachIndex, outOfRange, toList, wrongType } from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";
import { UINT8 } from "./numbers.ts";
import { vectorLayout, type VectorBuilder } from "./vectors.ts";

/** A direction as seen by a viewer. */
export type ViewDirection = "Up" | "Down" | "Right" | "Left" | "Forward" | "Back";

/** The directions of +X, +Y and +Z: three initials such as `"RDF"` (right, down, forward), or three names or numbers. */
export type ViewCoordinatesLike = string | readonly (ViewDirection | number)[] | Uint8Array;

const DIRECTIONS = { Up: 1, Down: 2, Right: 3, Left: 4, Forward: 5, Back: 6 } as const;
const NAMES = Object.keys(DIRECTIONS) as ViewDirection[];
const EXPECTED =
  'three directions along different axes: initials such as "RDF" (right, down, forward), or names or numbers';

/** Coordinate systems. One per entity: lists of them are not taken. */
export const viewCoordinates: Encoding<ViewCoordinatesLike, VectorBuilder> = {
  .../* @__PURE__ */ vectorLayout(3, UINT8),
  append(values, { item: { data } }): void {
    if (Array.isArray(values) && values.length === 0) return;
    const list = typeof values === "string" ? Array.from(values) : toList(values, EXPECTED);
    if (list.length !== 3) throw outOfRange(EXPECTED, values);
    const axes = new Set<number>();
    forEachIndex(3, (index) => {
      const direction = toDirection(list[index]);
      axes.add((direction + 1) >> 1);
      data.fill(direction, 1);
    });
    if (axes.size !== 3) throw outOfRange(EXPECTED, values);
  },
};

function toDirection(value: unknown): number {
  if (typeof value === "string") {
    const text = value.toLowerCase();
    const name = NAMES.find((candidate) => candidate.toLowerCase() === text || candidate[0]?.toLowerCase() === text);
    if (name !== undefined) return DIRECTIONS[name];
  } else if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 6) {
    return value;
  }
  throw wrongType(EXPECTED, value);
}
