import { forEachIndex, outOfRange, typedArrayName, wrongType } from "@rerun-ts/core/checks";
import { PrimitiveBuilder, resolveDuration, resolveTimestamp, type Int64 } from "@rerun-ts/core/encode";
import { bytesOfView } from "../arrays.ts";
import { valueCodec, type ValueCodec } from "./value-codec.ts";

type TimeCodec = ValueCodec<PrimitiveBuilder>;

const MILLIS_PER_DAY = 86_400_000;
const MAX_DAYS = 0x7fffffff;
const DATE32 = { type: "Date32" } as const;

/** Instants in nanoseconds since 1970. */
export const timestamp: TimeCodec = /* @__PURE__ */ nanoseconds("Timestamp", resolveTimestamp);
/** Spans in nanoseconds. */
export const duration: TimeCodec = /* @__PURE__ */ nanoseconds("Duration", resolveDuration);

/** Days since 1970. */
export const date32: TimeCodec = /* @__PURE__ */ valueCodec({
  arrow: DATE32,
  createBuilder: () => new PrimitiveBuilder(DATE32),
  one(value, { data }): void {
    data.pushInt32(toDays(value));
  },
  many(values, target): void {
    forEachIndex(values.length, (index) => date32.one(values[index], target));
  },
});

function nanoseconds(type: "Timestamp" | "Duration", resolve: (value: unknown, out: Int64) => void): TimeCodec {
  const arrow = { type };
  const cell: Int64 = { lo: 0, hi: 0 };
  const one = (value: unknown, { data }: PrimitiveBuilder): void => {
    resolve(value, cell);
    data.pushInt64(cell.lo, cell.hi);
  };
  return valueCodec({
    arrow,
    createBuilder: () => new PrimitiveBuilder(arrow),
    one,
    many(values, target): void {
      if (typedArrayName(values) === "BigInt64Array")
        return target.data.pushBytes(bytesOfView(values as BigInt64Array));
      forEachIndex(values.length, (index) => one(values[index], target));
    },
  });
}

function toDays(value: unknown): number {
  const expected = "a valid Date, or whole days since 1970";
  const isDate = typeof value === "object" && value !== null && "getTime" in value;
  const days = isDate ? Math.floor((value as Date).getTime() / MILLIS_PER_DAY) : value;
  if (typeof days !== "number") throw wrongType(expected, value);
  if (!Number.isInteger(days) || Math.abs(days) > MAX_DAYS) throw outOfRange(expected, value);
  return days;
}
