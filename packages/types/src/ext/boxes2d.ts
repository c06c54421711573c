import { describeValue, InvalidValueError, problemWith } from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";
import type { Boxes2DFields } from "../gen/fields/boxes2d.ts";
import type { Vec2sLike, Vec4sLike } from "../codecs/vectors.ts";
import { centersOf, flatDoubles } from "./flat-vectors.ts";
import { requireOne } from "./require-one.ts";

/** The size of the boxes: from the centre to each side, or in full. */
export type Boxes2DSize =
  | { halfSizes: Vec2sLike | null; sizes?: never }
  | { sizes: Vec2sLike | null; halfSizes?: never };

/** The position of the boxes: their centres (default 0, 0), or their corners with the smallest coordinates. */
export type Boxes2DPlace =
  | { centers?: Vec2sLike | null | undefined; mins?: never }
  | { mins: Vec2sLike | null | undefined; centers?: never };

/** The meaning of the four numbers of a box, in the order of the letters. `C` is for centre, `2` for half. */
export type Box2DFormat = "XYWH" | "YXHW" | "XYXY" | "YXYX" | "XCYCWH" | "XCYCW2H2";

/** Boxes as four numbers each, as object detectors return them. */
export interface Boxes2DArray {
  /** Four numbers for each box, flat or nested. */
  array: Vec4sLike | null;
  /** The meaning of the numbers. */
  arrayFormat: Box2DFormat;
  halfSizes?: never;
  sizes?: never;
  centers?: never;
  mins?: never;
}

/** Options of {@link Boxes2D}. */
export type Boxes2DOptions = Omit<Boxes2DFields, "halfSizes" | "centers"> &
  ((Boxes2DSize & Boxes2DPlace & { array?: never; arrayFormat?: never }) | Boxes2DArray);

/** Half sizes and centres of a box whose four numbers are `a` to `d`. */
type Read = (a: number, b: number, c: number, d: number) => readonly [w: number, h: number, x: number, y: number];

const READERS: Readonly<Record<Box2DFormat, Read>> = {
  XYWH: (x, y, w, h) => [w / 2, h / 2, x + w / 2, y + h / 2],
  YXHW: (y, x, h, w) => [w / 2, h / 2, x + w / 2, y + h / 2],
  XYXY: (x, y, x2, y2) => [(x2 - x) / 2, (y2 - y) / 2, (x + x2) / 2, (y + y2) / 2],
  YXYX: (y, x, y2, x2) => [(x2 - x) / 2, (y2 - y) / 2, (x + x2) / 2, (y + y2) / 2],
  XCYCWH: (x, y, w, h) => [w / 2, h / 2, x, y],
  XCYCW2H2: (x, y, w, h) => [w, h, x, y],
};

/** Converts sizes, corners and arrays to half sizes and centres. */
export function expandBoxes2D(given: FieldValues): FieldValues {
  if (given.mins === undefined) requireOne(given, "Boxes2D", ["halfSizes", "sizes", "array"]);
  if (given.array === undefined && given.arrayFormat === undefined) return centersOf(given, "Boxes2D", 2);
  const { array, arrayFormat, ...options } = given;
  for (const other of ["halfSizes", "sizes", "centers", "mins"]) {
    if (options[other] !== undefined) throw problemWith("Boxes2D.array", `cannot be combined with \`${other}\``);
  }
  const read = READERS[arrayFormat as Box2DFormat];
  if (typeof arrayFormat !== "string" || !Object.hasOwn(READERS, arrayFormat)) {
    throw wrong("arrayFormat", `one of ${Object.keys(READERS).join(", ")}`, describeValue(arrayFormat));
  }
  if (array === null) return { ...options, halfSizes: null, centers: null };
  const numbers = flatDoubles(array, 4, "Boxes2D.array");
  const boxes = numbers.length / 4;
  const [halfSizes, centers] = [new Float32Array(boxes * 2), new Float32Array(boxes * 2)];
  for (let box = 0; box < boxes; box++) {
    const [w, h, x, y] = read(...(numbers.subarray(box * 4, box * 4 + 4) as unknown as Parameters<Read>));
    halfSizes.set([w, h], box * 2);
    centers.set([x, y], box * 2);
  }
  return { ...options, halfSizes, centers };
}

function wrong(option: string, expected: string, got: string): InvalidValueError {
  return new InvalidValueError(expected, got, false, `Boxes2D.${option}`);
}
