import { forEachIndex, toArrayLike, wrongType, withinKey } from "@rerun-ts/core/checks";
import type { PrimitiveBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { FLOAT32, numberWriter, numbers } from "./numbers.ts";

/** An angle: radians as a number, or with its unit. */
export type AngleLike = number | { readonly radians: number } | { readonly degrees: number };

/** One angle, or a list of them. */
export type AnglesLike = AngleLike | ArrayLike<number> | readonly AngleLike[];

const EXPECTED = "radians as a number, { radians } or { degrees }, or a list of such";
const writer = /* @__PURE__ */ numberWriter(FLOAT32);

/** Angles, stored in radians. */
export const angles: Codec<AnglesLike, PrimitiveBuilder> = {
  .../* @__PURE__ */ numbers(FLOAT32),
  append(values, builder): void {
    if (typeof values !== "object" || values === null || !(Symbol.iterator in values))
      return writer.one(builder, toRadians(values));
    const list = toArrayLike(values, EXPECTED);
    forEachIndex(list.length, (index) => writer.one(builder, toRadians(list[index])));
  },
};

/** Converts an angle in any form to radians. Throws `InvalidValueError`. */
function toRadians(angle: unknown): number {
  if (typeof angle === "number") return angle;
  if (typeof angle !== "object" || angle === null) throw wrongType(EXPECTED, angle);
  const [unit, ...others] = Object.keys(angle);
  if (others.length > 0 || (unit !== "radians" && unit !== "degrees")) throw wrongType(EXPECTED, angle);
  const amount = (angle as Readonly<Record<string, unknown>>)[unit];
  if (typeof amount !== "number") throw withinKey(wrongType("a number", amount), unit);
  return unit === "degrees" ? (amount / 180) * Math.PI : amount;
}
