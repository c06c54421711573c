import { Bool, Float64, Int64, TimestampNanosecond, Utf8, type DataType } from "apache-arrow";
import { storableNanos, type TableCell } from "./table-batch.ts";

/** Types of cells, each with the types to try if a cell does not fit. */
const NEXT = {
  empty: "boolean",
  // Only words for missing values.
  missing: "boolean",
  boolean: "integer",
  integer: "number",
  number: "timestamp",
  timestamp: "text",
  text: undefined,
} as const;

/** The type of a column of CSV. */
export type CsvType = keyof typeof NEXT;

// Numbers such as 007 are identifiers, and keep their zeros.
const INTEGER = /^-?(?:0|[1-9]\d{0,18})$/;
/** The most characters of an integer that has 64 bits for certain. */
const SAFE_CHARS = 18;
/** Integers that 64 bits may not hold. As numbers they would lose digits, and they may be ids. */
const HUGE_INTEGER = /^-?[1-9]\d{18,}$/;
const NUMBER = /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const SPECIAL = /^[+-]?(?:nan|inf|infinity)$/i;
/** Words of programs for a missing value. In a column of text they stay text. */
const MISSING = /^(?:na|n\/a|#n\/a|<na>|null|none|\\n)$/i;
const BOOLEAN = /^(?:true|false)$/i;
const TIMESTAMP = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)?)?$/;

const FITS: Readonly<Record<CsvType, (text: string) => boolean>> = {
  empty: () => false,
  missing: () => false,
  boolean: (text) => BOOLEAN.test(text),
  integer: (text) =>
    INTEGER.test(text) && (text.length <= SAFE_CHARS || BigInt.asIntN(64, BigInt(text)) === BigInt(text)),
  number: (text) => NUMBER.test(text) || SPECIAL.test(text),
  timestamp: (text) => TIMESTAMP.test(text) && nanosOf(text) !== undefined,
  text: () => true,
};

/** The types that a cell of a type fits as well. */
const WIDER: Readonly<Partial<Record<CsvType, readonly CsvType[]>>> = { integer: ["number"] };

/** The type of a column with one more cell. Spaces around a value do not count. */
export function withCell(type: CsvType, cell: string): CsvType {
  const text = cell.trim();
  if (text === "" || FITS[type](text)) return type;
  const isUnknown = type === "empty" || type === "missing";
  if (MISSING.test(text)) return isUnknown ? "missing" : type;
  if ((isUnknown || type === "integer") && HUGE_INTEGER.test(text) && !FITS.integer(text)) return "text";
  if (isUnknown || (WIDER[type]?.some((wider) => FITS[wider](text)) ?? false)) {
    for (let next: CsvType | undefined = NEXT[type]; next !== undefined; next = NEXT[next])
      if (FITS[next](text)) return next;
  }
  return "text";
}

/** The Arrow type of a column. */
export function arrowTypeOf(type: CsvType): DataType {
  if (type === "boolean") return new Bool();
  if (type === "integer") return new Int64();
  if (type === "number") return new Float64();
  return type === "timestamp" ? new TimestampNanosecond() : new Utf8();
}

/** The value of a cell. */
export function csvValueOf(type: CsvType, cell: string): TableCell {
  if (type === "text" || type === "missing") return cell === "" ? null : cell;
  const text = cell.trim();
  if (text === "" || MISSING.test(text)) return null;
  if (type === "boolean") return text.toLowerCase() === "true";
  if (type === "integer") return BigInt(text);
  if (type === "number") return numberOf(text);
  return type === "timestamp" ? (nanosOf(text) ?? null) : null;
}

function numberOf(text: string): number {
  if (!SPECIAL.test(text)) return Number(text);
  if (/nan/i.test(text)) return Number.NaN;
  return text.startsWith("-") ? -Infinity : Infinity;
}

/**
 * Nanoseconds since 1970 of a text that {@link TIMESTAMP} fits, in UTC unless it has an offset; `undefined` if there is
 * no such day or time, or 64 bits cannot hold it. Not by `Date.parse`, which takes February 30 for a day in March, and
 * several times as long.
 */
function nanosOf(text: string): bigint | undefined {
  const days = daysOf(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  if (days === undefined) return undefined;
  if (text.length === DATE_CHARS) return storableNanos(BigInt(days) * NANOS_OF_DAY);
  const [hours, minutes] = [digits(text, 11, 2), digits(text, 14, 2)];
  const hasSeconds = text[16] === ":";
  const seconds = hasSeconds ? digits(text, 17, 2) : 0;
  const fraction = text[19] === "." ? (FRACTION.exec(text)?.[1] ?? "") : "";
  const nanos = fraction === "" ? 0 : Number(fraction.padEnd(9, "0"));
  // The end of a day may be called 24:00.
  const isEnd = hours === 24 && minutes === 0 && seconds === 0 && nanos === 0;
  if ((hours > 23 && !isEnd) || minutes > 59 || seconds > 59) return undefined;
  const offset = /z$/i.test(text) ? 0 : offsetOf(text, hasSeconds ? 19 : 16);
  if (offset === undefined) return undefined;
  const total = days * 86_400 + (hours * 60 + minutes - offset) * 60 + seconds;
  return storableNanos(BigInt(total) * 1_000_000_000n + BigInt(nanos));
}

const DATE_CHARS = "2026-01-31".length;
const NANOS_OF_DAY = 86_400_000_000_000n;
const FRACTION = /\.(\d+)/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The number that some digits make. */
function digits(text: string, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) value = value * 10 + text.charCodeAt(at) - 0x30;
  return value;
}

/** The offset from UTC in minutes at the end of a time, or 0 without one. `undefined` if it is longer than a day. */
function offsetOf(text: string, end: number): number | undefined {
  const sign = Math.max(text.indexOf("+", end), text.indexOf("-", end));
  if (sign < 0) return 0;
  const hasMinutes = text.length > sign + 3;
  const [hours, minutes] = [digits(text, sign + 1, 2), hasMinutes ? digits(text, text.length - 2, 2) : 0];
  if (hours > 23 || minutes > 59) return undefined;
  return (hours * 60 + minutes) * (text[sign] === "-" ? -1 : 1);
}

/** Days since 1970 in the Gregorian calendar, or `undefined` if there is no such day. */
function daysOf(year: number, month: number, day: number): number | undefined {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const last = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
  if (day < 1 || day > last) return undefined;
  const before = DAYS.slice(0, month - 1).reduce((sum, count) => sum + count, 0) + (month > 2 && isLeap ? 1 : 0);
  // Leap days of the previous years, including the year 0.
  const years = year - 1;
  const leaps = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return years * 365 + leaps + before + day - 1 - DAYS_TO_1970;
}

/** Days from the first day of the year 1 to 1970. */
const DAYS_TO_1970 = 719_162;
