import type { StructBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { TimeInt } from "../gen/encodings/time-int.ts";
import { FLOAT64 } from "./numbers.ts";
import { structs } from "./structs.ts";
import { isTimeObject, type TimeIntLike } from "./times.ts";
import { vectors, type VectorBuilder } from "./vectors.ts";

/** From the smallest value to the largest. */
export type RangeLike = ArrayLike<number> | { readonly min: number; readonly max: number };

/** One range, or a list of them. A flat array has two numbers for each range. */
export type RangesLike = RangeLike | readonly RangeLike[];

/** From the first time to the last, both included. */
export type TimeSpanLike =
  | readonly [min: TimeIntLike, max: TimeIntLike]
  | { readonly min: TimeIntLike; readonly max: TimeIntLike };

/** One span of time, or a list of them. */
export type TimeSpansLike = TimeSpanLike | readonly TimeSpanLike[];

/** Ranges of numbers. */
export const ranges: Codec<RangesLike, VectorBuilder> = /* @__PURE__ */ vectors(2, FLOAT64, ["min", "max"]);

/** Spans between two times. */
export const timeSpans: Codec<TimeSpansLike, StructBuilder> = /* @__PURE__ */ structs(
  [
    { name: "min", codec: TimeInt },
    { name: "max", codec: TimeInt },
  ],
  {
    expected: "[min, max], ",
    isOne: (values) => {
      return Array.isArray(values)
        ? values.length > 0 && (typeof values[0] !== "object" || isTimeObject(values[0]))
        : !(Symbol.iterator in values);
    },
    normalize: (value) => (Array.isArray(value) && value.length === 2 ? { min: value[0], max: value[1] } : value),
  },
);
