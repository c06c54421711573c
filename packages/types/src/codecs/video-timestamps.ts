import type { DurationLike } from "@rerun-ts/core";
import { forEachIndex, outOfRange, toArrayLike, typedArrayName } from "@rerun-ts/core/checks";
import { PrimitiveBuilder, resolveDuration, type Int64 } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { bytesOfView, isNumberArray } from "./arrays.ts";

/** One position in a video, or a list of them: seconds as numbers, nanoseconds as bigints, or with a unit. */
export type VideoTimestampsLike = DurationLike | ArrayLike<number> | ArrayLike<bigint> | readonly DurationLike[];

/** More seconds than any video has, fewer than its nanoseconds: a larger number is most likely a mistake. */
const SUSPICIOUS_SECONDS = 1e7;

/** Times since the beginning of a video, stored in nanoseconds. */
export const videoTimestamps: Codec<VideoTimestampsLike, PrimitiveBuilder> = {
  arrow: { type: "Int64" },
  createBuilder: () => new PrimitiveBuilder({ type: "Int64" }),
  append(values, { data }): void {
    if (typedArrayName(values) === "BigInt64Array") return data.pushBytes(bytesOfView(values as BigInt64Array));
    const isList = Array.isArray(values) || isNumberArray(values);
    const list = isList ? toArrayLike(values, "times") : [values];
    const cell: Int64 = { lo: 0, hi: 0 };
    forEachIndex(list.length, (index) => {
      const value = list[index];
      if (typeof value === "number" && Math.abs(value) > SUSPICIOUS_SECONDS)
        throw outOfRange("seconds, at most 1e7 (nanoseconds? a bigint or { nanos })", value);
      resolveDuration(inWholeNanoseconds(value), cell);
      data.pushInt64(cell.lo, cell.hi);
    });
  },
};

/** Converts seconds to nanoseconds, halves rounded up as in the native SDKs. Other values are returned unchanged. */
function inWholeNanoseconds(value: unknown): unknown {
  const seconds: unknown =
    typeof value === "object" && value !== null && Object.keys(value).length === 1 && "seconds" in value
      ? value.seconds
      : value;
  if (typeof seconds !== "number" || !Number.isFinite(seconds)) return value;
  return BigInt(Math.floor(seconds * 1e9 + 0.5));
}
