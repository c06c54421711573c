import type { DurationLike } from "@rerun-ts/core";
import {
  PrimitiveBuilder,
  forEachIndex,
  outOfRange,
  resolveDuration,
  toList,
  type Int64,
} from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";
import { bytesOf, isNumberArray } from "./arrays.ts";

/** One time in a video, or a list of them: seconds as numbers, nanoseconds as bigints, or with their unit. */
export type VideoTimestampsLike = DurationLike | ArrayLike<number> | ArrayLike<bigint> | readonly DurationLike[];

/** More seconds than a video has, fewer than nanoseconds would be. */
const SUSPICIOUS_SECONDS = 1e7;

/** Times since the beginning of a video, stored in nanoseconds. */
export const videoTimestamps: Encoding<VideoTimestampsLike, PrimitiveBuilder> = {
  arrow: { type: "Int64" },
  createBuilder: () => new PrimitiveBuilder({ type: "Int64" }),
  append(values, { data }): void {
    if (values instanceof BigInt64Array) return data.pushBytes(bytesOf(values));
    const isList = Array.isArray(values) || isNumberArray(values);
    const list = isList ? toList(values, "times") : [values];
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

/** Seconds as nanoseconds, halves rounded up as the native SDKs do; anything else as it is. */
function inWholeNanoseconds(value: unknown): unknown {
  const seconds: unknown =
    typeof value === "object" && value !== null && Object.keys(value).length === 1 && "seconds" in value
      ? value.seconds
      : value;
  if (typeof seconds !== "number" || !Number.isFinite(seconds)) return value;
  return BigInt(Math.floor(seconds * 1e9 + 0.5));
}
