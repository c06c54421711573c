import { RerunError } from "@rerun-ts/core";
import { getOrAdd } from "@rerun-ts/core/util";
import { Data, DataType, Duration, Field, Int64, Precision, TimeUnit, Timestamp } from "apache-arrow";
import { makeArray } from "../arrays/make-array.ts";
import { timelineType } from "../store/arrow-types.ts";
import type { StoredColumn } from "../store/chunk-data.ts";
import { areSorted } from "../store/sorted-times.ts";

/** Meaning of index columns of floating-point numbers: seconds of a duration, or seconds since 1970. */
export type FloatIndex = "duration" | "timestamp";

const NANOSECONDS = 1_000_000_000n;
const MAX_TIME = 2n ** 63n - 1n;

/** The type of the timeline that a column becomes, or `undefined` if it cannot become one. */
export function indexType(type: DataType, floatIndex: FloatIndex | undefined): DataType | undefined {
  if (DataType.isInt(type)) return new Int64();
  if (DataType.isTimestamp(type)) return new Timestamp(TimeUnit.NANOSECOND, null);
  if (DataType.isDuration(type)) return new Duration(TimeUnit.NANOSECOND);
  if (!DataType.isFloat(type) || type.precision === Precision.HALF || floatIndex === undefined) return undefined;
  return floatIndex === "duration" ? new Duration(TimeUnit.NANOSECOND) : new Timestamp(TimeUnit.NANOSECOND, null);
}

/**
 * The times of a timeline: integers as 64 bits, other units as nanoseconds.
 * @throws {RerunError} `INVALID_DATA` if one is missing, or is out of the range of times
 */
export function timeData(data: Data, { name, type }: Field): Data {
  if (data.nullCount > 0) throw new RerunError("INVALID_DATA", `the timeline ${name} has a null in the table`);
  if (timelineType(data.type) !== undefined) return new Data(type, 0, data.length, 0, data, []);
  const toTime = converter(data.type, name);
  const values = data.values as ArrayLike<number | bigint>;
  const times = BigInt64Array.from({ length: data.length }, (_, row) => {
    const time = toTime(values[row] as number | bigint);
    if (time > MAX_TIME || time < -MAX_TIME - 1n) throw outOfRange(name, values[row]);
    return time;
  });
  return makeArray(type, data.length, { values: times });
}

/** The column of a timeline, with metadata about whether its times are sorted. */
export function timeColumn(field: Field, data: Data): StoredColumn {
  const forms = getOrAdd(timeFields, field, () => ({
    sorted: timeField(field, true),
    unsorted: timeField(field, false),
  }));
  return { field: isSorted(data) ? forms.sorted : forms.unsorted, data };
}

/** The fields of timelines with both kinds of metadata, so that chunks of one schema have the same fields again. */
const timeFields = /* @__PURE__ */ new WeakMap<Field, { readonly sorted: Field; readonly unsorted: Field }>();

function timeField({ name, type, nullable, metadata }: Field, areTimesSorted: boolean): Field {
  const own = new Map(metadata);
  own.delete("rerun:is_sorted");
  if (areTimesSorted) own.set("rerun:is_sorted", "true");
  return new Field(name, type, nullable, own);
}

function isSorted({ values, length }: Data): boolean {
  const { buffer, byteOffset } = values as BigInt64Array;
  return areSorted(new BigInt64Array(buffer, byteOffset, length));
}

function converter(type: DataType, name: string): (value: number | bigint) => bigint {
  if (DataType.isFloat(type)) {
    return (value) => {
      const seconds = Number(value);
      if (!Number.isFinite(seconds)) throw outOfRange(name, value);
      // Computed in two parts, because a number cannot represent all nanoseconds since 1970.
      const whole = Math.floor(seconds);
      return BigInt(whole) * NANOSECONDS + BigInt(Math.round((seconds - whole) * 1e9));
    };
  }
  if (!DataType.isTimestamp(type) && !DataType.isDuration(type)) return BigInt;
  const factor = NANOSECONDS / 1000n ** BigInt(type.unit);
  return (value) => BigInt(value) * factor;
}

function outOfRange(name: string, value: unknown): RerunError {
  return new RerunError("INVALID_DATA", `the timeline ${name} has a time that is out of range: ${String(value)}`);
}
