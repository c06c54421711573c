import { describeValue, isDate } from "@rerun-ts/core/integration";
import { writeFields, writeValue, type BoundedText, type LogLine } from "@rerun-ts/types/integration";

/** Larger numbers are milliseconds: as seconds they would be after the year 5138. */
const MAX_SECONDS = 1e11;

/** The meaning of the keys in a logger's records. */
export interface RecordKeys {
  readonly message: string;
  readonly time: string;
  /** Keys for the name of the logger, in order of preference. The first key with a string is used. */
  readonly names: readonly string[];
  /** Keys that are not written as fields. */
  readonly hidden: ReadonlySet<string>;
}

/** A record of a logger: the message, and fields of the caller and of the logger. */
export type LoggerRecord = Readonly<Record<string, unknown>>;

/** Appends the message of a record and its fields to `text`. Returns the name of the logger and the time. */
export function writeRecord(record: LoggerRecord, keys: RecordKeys, text: BoundedText): Omit<LogLine, "level"> {
  const message = record[keys.message];
  const nameKey = keys.names.find((key) => typeof record[key] === "string");
  if (message !== undefined) writeValue(message, text);
  const isField = (key: string): boolean =>
    key !== keys.message && key !== keys.time && key !== nameKey && !keys.hidden.has(key);
  writeFields(
    Object.entries(record).filter(([key]) => isField(key)),
    text,
  );
  return {
    name: nameKey === undefined ? undefined : (record[nameKey] as string),
    time: toDate(record[keys.time]),
  };
}

/** The time of a record, which loggers give in milliseconds, in seconds, as a string or as a `Date`. */
function toDate(time: unknown): Date | undefined {
  if (typeof time !== "number" && typeof time !== "string" && !isDate(time)) return undefined;
  const date = new Date(typeof time === "number" && time < MAX_SECONDS ? time * 1000 : time);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Checks an option that lists keys. @throws {TypeError} if it is not an array of strings */
export function checkKeys(name: string, keys: readonly string[]): void {
  if (Array.isArray(keys) && keys.every((key) => typeof key === "string")) return;
  throw new TypeError(`\`${name}\` must be an array of strings, got ${describeValue(keys)}`);
}
