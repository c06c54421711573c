import type { DateLike, EpochNanoseconds, UnitValue } from "@rerun-ts/core";
import { forEachIndex, toArrayLike, wrongType } from "@rerun-ts/core/checks";
import { resolveTimestamp, type Int64, type PrimitiveBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { integers64 } from "./numbers.ts";

/**
 * A time on a timeline of any kind. A number or bigint is a sequence number. On other timelines it is nanoseconds. A
 * number with its unit (`{ seconds: 1.5 }`), a `Date` and a Temporal object are converted to nanoseconds.
 */
export type TimeIntLike = number | bigint | UnitValue | DateLike | EpochNanoseconds;

/** One time, or a list of them. */
export type TimeIntsLike = TimeIntLike | ArrayLike<number> | ArrayLike<bigint> | readonly TimeIntLike[];

const UNITS = ["seconds", "millis", "micros", "nanos"];
const EXPECTED =
  "an integer (a sequence number or nanoseconds), a Date, or one of { seconds }, { millis }, { micros } and { nanos }";

/** Times as 64-bit integers: nanoseconds, or sequence numbers. */
export function times(): Codec<TimeIntsLike, PrimitiveBuilder> {
  const integers = integers64("Int64");
  const appendOne = (value: unknown, builder: PrimitiveBuilder): void => {
    if (isTimeObject(value)) appendObject(value, builder);
    else if (typeof value === "bigint" || Number.isSafeInteger(value)) integers.append(value as number, builder, -1);
    else throw wrongType(EXPECTED, value);
  };
  return {
    ...integers,
    append(values, builder, instances): void {
      if (ArrayBuffer.isView(values)) integers.append(values as ArrayLike<bigint>, builder, instances);
      else if (!Array.isArray(values)) appendOne(values, builder);
      else {
        const list = toArrayLike(values, EXPECTED);
        forEachIndex(list.length, (index) => appendOne(list[index], builder));
      }
    },
  };
}

/** Whether a value is a `Date`, a Temporal object, or a number with its unit. */
export function isTimeObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return "getTime" in value || "epochNanoseconds" in value || UNITS.some((unit) => unit in value);
}

function appendObject(value: object, { data }: PrimitiveBuilder): void {
  const cell: Int64 = { lo: 0, hi: 0 };
  resolveTimestamp(value, cell);
  data.pushInt64(cell.lo, cell.hi);
}
