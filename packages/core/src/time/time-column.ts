import { brand, hasBrand } from "../checks/brand.ts";
import { throughProxies } from "../checks/through-proxies.ts";
import { forEachIndex, InvalidValueError, wrongCount, invalidArgument } from "../checks/invalid-value-error.ts";
import { toArrayLike, typedArrayName } from "../checks/array-like.ts";
import { clampReserved, type Int64 } from "./int64.ts";
import {
  NANOS_PER,
  resolveAmount,
  resolveDuration,
  resolveSequence,
  resolveTimestamp,
  type DurationLike,
  type TimestampLike,
} from "./time-value.ts";
import type { TimelineKind } from "./timeline.ts";

/** The unit of bare numbers in a duration or timestamp column. */
export type TimeUnit = keyof typeof NANOS_PER;

/** A list of integers: an array, a typed array (also of bigints), or any iterable. */
export type IntegerList = ArrayLike<number> | ArrayLike<bigint> | Iterable<number | bigint>;

type Resolve = (value: unknown, out: Int64) => void;

/**
 * The times of rows for {@link RecordingStream.sendColumns}: one timeline, and one value for each row. The constructor
 * checks and copies the values, and throws errors, also outside of strict mode.
 *
 * @example
 * const frames = rr.TimeColumn.sequence("frame", [0, 1, 2]);
 * const seconds = rr.TimeColumn.duration("elapsed", [0, 0.5, 1]);
 * rec.sendColumns("wave", [frames, seconds], rr.Scalars.columns({ scalars: [0.1, 0.7, 0.3] }));
 */
export class TimeColumn {
  /** The name of the timeline. */
  readonly name: string;
  /** The kind of the timeline. */
  readonly kind: TimelineKind;
  /** The number of rows. */
  readonly length: number;
  /** The values as little-endian 64-bit integers: sequence numbers, or nanoseconds. */
  readonly bytes: Uint8Array;
  #isSorted: boolean | undefined;

  private constructor(name: string, kind: TimelineKind, bytes: Uint8Array) {
    throughProxies(this);
    // Rerun's Python SDK has a public constructor, and JavaScript code can call this one.
    if (!(bytes instanceof Uint8Array))
      throw new TypeError("a `TimeColumn` must be made by `TimeColumn.sequence`, `.duration` or `.timestamp`");
    this.name = name;
    this.kind = kind;
    this.bytes = bytes;
    this.length = bytes.byteLength / 8;
  }

  /**
   * A column of sequence numbers, such as frame numbers.
   *
   * @throws {TypeError} if a value is neither a safe integer nor a bigint
   * @throws {RangeError} if a value does not fit 64 bits
   * @example
   * const frames = rr.TimeColumn.sequence("frame", new BigInt64Array([0n, 1n, 2n]));
   */
  static sequence(name: string, values: IntegerList): TimeColumn {
    return build(name, "sequence", values, resolveSequence, true);
  }

  /**
   * A column of durations. Without `unit`, numbers are seconds and bigints nanoseconds. With `unit`, both are in it.
   *
   * @throws {TypeError} if a value is not a duration
   * @throws {RangeError} if a value does not fit 64 bits in nanoseconds
   * @example
   * const elapsed = rr.TimeColumn.duration("elapsed", [0, 16.7, 33.3], "millis");
   */
  static duration(name: string, values: IntegerList | Iterable<DurationLike>, unit?: TimeUnit): TimeColumn {
    return build(name, "duration", values, withUnit(resolveDuration, unit), unit === undefined || unit === "nanos");
  }

  /**
   * A column of timestamps: `Date`s, Temporal objects, or times since 1970. Without `unit`, numbers are seconds and
   * bigints nanoseconds. With `unit`, both are in it.
   *
   * @throws {TypeError} if a value is not a timestamp
   * @throws {RangeError} if a value does not fit 64 bits in nanoseconds
   * @example
   * const times = rr.TimeColumn.timestamp("capture", [new Date("2024-05-01T12:00:00Z"), new Date()]);
   */
  static timestamp(name: string, values: IntegerList | Iterable<TimestampLike>, unit?: TimeUnit): TimeColumn {
    return build(name, "timestamp", values, withUnit(resolveTimestamp, unit), unit === undefined || unit === "nanos");
  }

  /** @internal Whether no value is smaller than the one before. Computed once. */
  get isSorted(): boolean {
    return (this.#isSorted ??= isSorted(this.bytes));
  }

  /** @internal A column with one value in every row. */
  static constant(name: string, kind: TimelineKind, value: Int64, length: number): TimeColumn {
    const halves = new Int32Array(length * 2);
    for (let row = 0; row < length; row++) {
      halves[row * 2] = value.lo;
      halves[row * 2 + 1] = value.hi;
    }
    return new TimeColumn(name, kind, new Uint8Array(halves.buffer));
  }

  /** @internal A column of values that are checked already. */
  static fromBytes(name: string, kind: TimelineKind, bytes: Uint8Array): TimeColumn {
    return new TimeColumn(name, kind, bytes);
  }
}

brand(TimeColumn.prototype, "TimeColumn");

/** Whether a value is a {@link TimeColumn}, of any copy of this package. */
export function isTimeColumn(value: unknown): value is TimeColumn {
  return hasBrand(value, "TimeColumn");
}

/** @param takesBigInts whether bigints are stored unchanged, without a factor */
function build(name: string, kind: TimelineKind, values: unknown, resolve: Resolve, takesBigInts: boolean): TimeColumn {
  if (typeof name !== "string" || name === "") {
    throw invalidArgument("name", "the name of a timeline", name);
  }
  try {
    return TimeColumn.fromBytes(name, kind, toBytes(values, resolve, takesBigInts));
  } catch (error) {
    throw error instanceof InvalidValueError ? error.toError("values") : error;
  }
}

function toBytes(values: unknown, resolve: Resolve, takesBigInts: boolean): Uint8Array {
  const list = toArrayLike(values, "an array, a typed array or an iterable");
  if (takesBigInts && typedArrayName(list) === "BigInt64Array") return copyInt64s(list as BigInt64Array);
  const halves = new Int32Array(list.length * 2);
  const cell: Int64 = { lo: 0, hi: 0 };
  forEachIndex(list.length, (row) => {
    resolve(list[row], cell);
    clampReserved(cell);
    halves[row * 2] = cell.lo;
    halves[row * 2 + 1] = cell.hi;
  });
  return new Uint8Array(halves.buffer);
}

/** Copies 64-bit integers, except for the reserved value. */
function copyInt64s(values: BigInt64Array): Uint8Array {
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2).slice();
  for (let at = 0; at < halves.length; at += 2) {
    if (halves[at + 1] === -2147483648 && halves[at] === 0) halves[at] = 1;
  }
  return new Uint8Array(halves.buffer);
}

function withUnit(resolve: Resolve, unit: TimeUnit | undefined): Resolve {
  if (unit === undefined) return resolve;
  if (typeof unit !== "string" || !Object.hasOwn(NANOS_PER, unit)) {
    throw invalidArgument("unit", '"seconds", "millis", "micros" or "nanos"', unit);
  }
  return (value, out) => {
    if (!resolveAmount(value, NANOS_PER[unit], out)) resolve(value, out);
  };
}

/** The order and the range of times. */
export interface TimeRange {
  readonly isSorted: boolean;
  /** The smallest time. */
  readonly start: Int64;
  /** The largest time. */
  readonly end: Int64;
}

/** The range of little-endian 64-bit values. With `isKnownSorted` only the first and the last one are read. */
export function timeRange(bytes: Uint8Array, isKnownSorted: boolean = false): TimeRange {
  if (bytes.byteLength === 0) throw wrongCount("at least one row", "none");
  const halves = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  const sortedEnd = isKnownSorted ? halves.length : endOfSorted(halves);
  let first = 0;
  let last = sortedEnd - 2;
  for (let at = sortedEnd; at < halves.length; at += 2) {
    if (isBefore(halves, at, first)) first = at;
    if (!isBefore(halves, at, last)) last = at;
  }
  return { isSorted: sortedEnd === halves.length, start: halvesAt(halves, first), end: halvesAt(halves, last) };
}

function isSorted(bytes: Uint8Array): boolean {
  const halves = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  return endOfSorted(halves) === halves.length;
}

/** The number of halves up to which the values are sorted. Nearly always this is all of them. */
function endOfSorted(halves: Int32Array): number {
  let previousLow = 0;
  let previousHigh = -2147483648;
  for (let at = 0; at < halves.length; at += 2) {
    const low = (halves[at] as number) >>> 0;
    const high = halves[at + 1] as number;
    if (high < previousHigh || (high === previousHigh && low < previousLow)) return at;
    previousLow = low;
    previousHigh = high;
  }
  return halves.length;
}

function isBefore(halves: Int32Array, a: number, b: number): boolean {
  const highA = halves[a + 1] as number;
  const highB = halves[b + 1] as number;
  return highA < highB || (highA === highB && (halves[a] as number) >>> 0 < (halves[b] as number) >>> 0);
}

function halvesAt(halves: Int32Array, at: number): Int64 {
  return { lo: (halves[at] as number) >>> 0, hi: halves[at + 1] as number };
}
