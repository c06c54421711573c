import { outOfRange, wrongType, wrongCount } from "../checks/invalid-value-error.ts";
import { clampReserved, setBigInt, setNumber, setScaled, type Int64 } from "./int64.ts";
import type { TimelineKind } from "./timeline.ts";

/** An instant with nanoseconds since 1970, such as `Temporal.Instant` and `Temporal.ZonedDateTime`. */
export interface EpochNanoseconds {
  readonly epochNanoseconds: bigint;
}

/** An instant with milliseconds since 1970, such as a `Date`. */
export interface DateLike {
  getTime(): number;
}

/** An object with exactly one of the keys of `Values`. */
type ExactlyOne<Values> = {
  [Key in keyof Values]: { readonly [K in Key]: Values[K] } & { readonly [K in Exclude<keyof Values, Key>]?: never };
}[keyof Values];

/** A number with its unit as the only key, e.g. `{ millis: 5 }`. Above 2^53 use bigints. */
export type UnitValue = ExactlyOne<{
  seconds: number | bigint;
  millis: number | bigint;
  micros: number | bigint;
  nanos: number | bigint;
}>;

/** A span of time: a number of seconds, a bigint of nanoseconds, or a number with its unit. */
export type DurationLike = number | bigint | UnitValue;

/** An instant: a `Date` or Temporal object, or the time since 1970 as a {@link DurationLike}. */
export type TimestampLike = number | bigint | UnitValue | DateLike | EpochNanoseconds;

/** A time on a timeline, with a clear kind: a `Date`, a Temporal object, or an object with the kind as its key. */
export type ExplicitTimeValue =
  | DateLike
  | EpochNanoseconds
  | ExactlyOne<{ sequence: number | bigint; duration: DurationLike; timestamp: TimestampLike }>;

/**
 * A time on a timeline: an integer is a sequence number, a `Date` or Temporal object a timestamp. Seconds need the
 * kind: `{ duration: 1.5 }` or `{ timestamp: 1.7e9 }`.
 */
export type TimeValue = number | bigint | ExplicitTimeValue;

/** A resolved time: its kind, and its value as a sequence number or in nanoseconds. */
export interface TimeCell extends Int64 {
  kind: TimelineKind;
}

/**
 * Above this (the year 5138) a number of seconds, or a bare number, is most likely in milliseconds, and is rejected.
 */
const MAX_PLAUSIBLE = 1e11;

/** The number of nanoseconds in each unit. */
export const NANOS_PER = { seconds: 1e9, millis: 1e6, micros: 1e3, nanos: 1 } as const;
const KINDS = ["sequence", "duration", "timestamp"] as const;
const EXPECTED_TIME =
  "an integer, a Date, or one of { sequence }, { duration } and { timestamp }, e.g. { duration: { millis: 12 } }";

/** Resolves a time that a user passed, into `out`. @throws {InvalidValueError} if the value is not a time */
export function resolveTimeValue(value: TimeValue, out: TimeCell): void {
  if (typeof value === "number") {
    if (!Number.isInteger(value)) throw wrongType("an integer (seconds? pass `{ duration }`)", value);
    if (Math.abs(value) > MAX_PLAUSIBLE) {
      throw outOfRange("at most 1e11 as a bare number (milliseconds? pass a `Date`; else `{ sequence }`)", value);
    }
    out.kind = "sequence";
    setNumber(out, value);
  } else if (typeof value === "bigint") {
    out.kind = "sequence";
    setBigInt(out, value);
  } else if (typeof value !== "object" || value === null) {
    throw wrongType(EXPECTED_TIME, value);
  } else if (isInstant(value)) {
    out.kind = "timestamp";
    resolveTimestamp(value, out);
  } else {
    resolveExplicit(value, out);
  }
  clampReserved(out);
}

function resolveExplicit(value: Record<string, unknown>, out: TimeCell): void {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  const kind = KINDS.find((name) => name === keys[0]);
  if (keys.length !== 1 || kind === undefined) throw wrongType(EXPECTED_TIME, value);
  out.kind = kind;
  const inner = value[kind];
  if (kind === "sequence") resolveSequence(inner, out);
  else if (kind === "duration") resolveDuration(inner, out);
  else resolveTimestamp(inner, out);
}

/** Resolves a sequence number: a safe integer or a bigint. @throws {InvalidValueError} */
export function resolveSequence(value: unknown, out: Int64): void {
  if (typeof value === "bigint") setBigInt(out, value);
  else if (typeof value === "number" && Number.isSafeInteger(value)) setNumber(out, value);
  else throw wrongType("a safe integer or a bigint", value);
}

/** Resolves a duration to nanoseconds. @throws {InvalidValueError} */
export function resolveDuration(value: unknown, out: Int64): void {
  if (typeof value === "number") setSeconds(value, 1e9, out);
  else if (typeof value === "bigint") setBigInt(out, value);
  else
    resolveUnits(
      value,
      "seconds as a number, nanoseconds as a bigint, or one of { seconds }, { millis }, { micros } and { nanos }",
      out,
    );
}

/** Resolves a timestamp to nanoseconds since 1970. @throws {InvalidValueError} */
export function resolveTimestamp(value: unknown, out: Int64): void {
  if (typeof value === "number") {
    if (Math.abs(value) > MAX_PLAUSIBLE) {
      throw outOfRange("at most 1e11 seconds since 1970 (milliseconds? pass a `Date`)", value);
    }
    setSeconds(value, 1e9, out);
  } else if (typeof value === "bigint") {
    setBigInt(out, value);
  } else if (typeof value === "object" && value !== null && isInstant(value)) {
    if ("epochNanoseconds" in value) setBigInt(out, value.epochNanoseconds);
    else resolveMilliseconds(value, out);
  } else {
    resolveUnits(
      value,
      "a Date, seconds since 1970 as a number, nanoseconds as a bigint, or one of { seconds }, { millis }, { micros } and { nanos }",
      out,
    );
  }
}

function resolveMilliseconds(date: DateLike, out: Int64): void {
  let millis: number;
  try {
    millis = date.getTime();
  } catch {
    throw wrongCount("a Date, not a proxy of one (pass `new Date(time)`)", "a Date whose time cannot be read");
  }
  if (!Number.isFinite(millis)) throw wrongCount("a valid Date", "an invalid Date");
  setSeconds(millis, 1e6, out);
}

function resolveUnits(value: unknown, expected: string, out: Int64): void {
  if (typeof value !== "object" || value === null) throw wrongType(expected, value);
  const keys = Object.keys(value);
  const unit = keys[0] as keyof typeof NANOS_PER;
  if (keys.length !== 1 || !Object.hasOwn(NANOS_PER, unit)) throw wrongType(expected, value);
  const amount: unknown = (value as Record<string, unknown>)[unit];
  if (!resolveAmount(amount, NANOS_PER[unit], out)) throw wrongType(`\`{ ${unit} }\` with a number or bigint`, amount);
}

/** Stores `amount * factor` if `amount` is a number or a bigint. Otherwise returns `false`. */
export function resolveAmount(amount: unknown, factor: number, out: Int64): boolean {
  if (typeof amount === "bigint") setBigInt(out, amount * BigInt(factor));
  else if (typeof amount === "number") setSeconds(amount, factor, out);
  else return false;
  return true;
}

/** Stores `value * factor`: exactly for integers, otherwise computed in float64 and rounded half to even. */
function setSeconds(value: number, factor: number, out: Int64): void {
  if (!Number.isFinite(value)) throw outOfRange("a finite number", value);
  if (Number.isSafeInteger(value)) setScaled(out, value, factor);
  else setNumber(out, roundHalfEven(value * factor));
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Whether the value is a `Date` or a Temporal object, also of another realm. */
function isInstant(value: object): value is DateLike | EpochNanoseconds {
  if ("epochNanoseconds" in value) {
    if (typeof value.epochNanoseconds !== "bigint") {
      throw wrongType("an object with `epochNanoseconds` as a bigint", value.epochNanoseconds);
    }
    return true;
  }
  return "getTime" in value && typeof value.getTime === "function";
}
