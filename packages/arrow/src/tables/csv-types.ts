import { Bool, Float64, Int64, TimestampNanosecond, Utf8, type DataType } from "apache-arrow";
import type { Cell } from "./table-batch.ts";

/** Types of cells, each with those that are tried if a cell does not fit. */
const NEXT = {
  empty: "boolean",
  boolean: "integer",
  integer: "number",
  number: "timestamp",
  timestamp: "text",
  text: undefined,
} as const;

/** The type of a column of CSV. */
export type CsvType = keyof typeof NEXT;

// Numbers such as 007 are names of things, and keep their zeros.
const INTEGER = /^-?(?:0|[1-9]\d{0,18})$/;
/** The most characters of an integer that has 64 bits for certain. */
const SAFE_CHARS = 18;
const NUMBER = /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const SPECIAL = /^[+-]?(?:nan|inf|infinity)$/i;
const BOOLEAN = /^(?:true|false)$/i;
const TIMESTAMP = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

const FITS: Readonly<Record<CsvType, (text: string) => boolean>> = {
  empty: () => false,
  boolean: (text) => BOOLEAN.test(text),
  integer: (text) =>
    INTEGER.test(text) && (text.length <= SAFE_CHARS || BigInt.asIntN(64, BigInt(text)) === BigInt(text)),
  number: (text) => NUMBER.test(text) || SPECIAL.test(text),
  timestamp: (text) => TIMESTAMP.test(text) && nanosOf(text) !== undefined,
  text: () => true,
};

/** The types that a cell of a type fits as well. */
const WIDER: Readonly<Partial<Record<CsvType, readonly CsvType[]>>> = { empty: ["boolean"], integer: ["number"] };

/** The type of a column with one more cell. Spaces around a value do not count. */
export function withCell(type: CsvType, cell: string): CsvType {
  const text = cell.trim();
  if (text === "") return type;
  if (FITS[type](text)) return type;
  if (type === "empty" || (WIDER[type]?.some((wider) => FITS[wider](text)) ?? false)) {
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
export function valueOf(type: CsvType, cell: string): Cell {
  if (type === "text") return cell === "" ? null : cell;
  const text = cell.trim();
  if (text === "") return null;
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

/** Nanoseconds since 1970, in UTC unless the text has an offset; `undefined` if there is no such day or time. */
function nanosOf(text: string): bigint | undefined {
  const [, start = "", fraction = "", offset = ""] = /^([^.Z+]*?)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?$/.exec(text) ?? [];
  // A date alone ends like an offset.
  const whole = /^\d{4}-\d\d-\d\d$/.test(text) ? text : start.replace(" ", "T");
  const zone = whole === text ? "" : offset === "" ? "Z" : offset.replace(/^([+-]\d\d):?(\d\d)$/, "$1:$2");
  const millis = Date.parse(whole + zone);
  if (Number.isNaN(millis)) return undefined;
  // `Date.parse` takes February 30 for a day in March.
  const day = text.slice(0, 10);
  if (new Date(day).toISOString().slice(0, 10) !== day) return undefined;
  return BigInt(millis) * 1_000_000n + BigInt(fraction.padEnd(9, "0") || 0);
}
