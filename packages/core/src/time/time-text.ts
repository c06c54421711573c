import { toBigInt } from "./int64.ts";
import { resolveTimeValue, type TimeCell, type TimeValue } from "./time-value.ts";

const NANOS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const SECOND = 1_000_000_000n;
const INTEGER = /^[+-]?\d+$/;
const DURATION = /^([+-]?)(\d+)(?:\.(\d{1,9}))?(ns|us|ms|s|m|h)$/;
const DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.(\d{1,9}))?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

/** A time as text: `120`, `1.5s` or `2026-01-31T12:00:00Z`. @throws {InvalidValueError} if the value is not a time */
export function timeText(value: TimeValue): string {
  const cell: TimeCell = { kind: "sequence", hi: 0, lo: 0 };
  resolveTimeValue(value, cell);
  return timeTextOf(cell.kind, toBigInt(cell));
}

/** A time of a timeline as text. Times are in nanoseconds, apart from sequence numbers. */
export function timeTextOf(kind: TimeCell["kind"], time: bigint): string {
  if (kind === "sequence") return `${time}`;
  if (kind === "duration") return `${time < 0n ? "-" : ""}${decimal(time < 0n ? -time : time)}s`;
  const nanos = ((time % SECOND) + SECOND) % SECOND;
  const seconds = new Date(Number((time - nanos) / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}${nanos === 0n ? "" : `.${fraction(nanos)}`}Z`;
}

/**
 * Parses a time. An integer is in the unit of its timeline. Dates without a zone are in UTC. Returns `undefined` for
 * other text.
 */
export function parseTimeText(text: string): TimeValue | undefined {
  if (INTEGER.test(text)) return BigInt(text);
  const [, sign, whole, part = "", unit = ""] = DURATION.exec(text) ?? [];
  if (whole !== undefined) {
    const nanos = NANOS[unit] ?? 1n;
    const all = BigInt(whole) * nanos + (BigInt(part.padEnd(9, "0")) * nanos) / SECOND;
    return { duration: sign === "-" ? -all : all };
  }
  const [date, digits = ""] = DATE.exec(text) ?? [];
  if (date === undefined) return undefined;
  const hasZone = /(?:Z|[+-]\d\d:\d\d)$/.test(date.slice(10));
  const seconds = Date.parse(
    `${date.replace(" ", "T").replace(/\.\d+/, "")}${hasZone || date.length === 10 ? "" : "Z"}`,
  );
  if (Number.isNaN(seconds)) return undefined;
  return { timestamp: BigInt(seconds) * 1_000_000n + BigInt(digits.padEnd(9, "0")) };
}

function decimal(nanos: bigint): string {
  const rest = nanos % SECOND;
  return rest === 0n ? `${nanos / SECOND}` : `${nanos / SECOND}.${fraction(rest)}`;
}

function fraction(nanos: bigint): string {
  return String(nanos).padStart(9, "0").replace(/0+$/, "");
}
