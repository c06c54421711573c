import { describeValue } from "@rerun-ts/core/internal";
import { writeFields, writeValue, type BoundedText, type LogLine } from "@rerun-ts/types/internal";

/** Times above this are no seconds: it is the year 5138. */
const MAX_SECONDS = 1e11;

/** Which keys of a logger's records mean what. */
export interface RecordKeys {
  readonly message: string;
  readonly time: string;
  /** The first of these that holds a text is who logged it. */
  readonly names: readonly string[];
  /** What is not written at all. */
  readonly hidden: ReadonlySet<string>;
}

/** A record of a logger: what somebody logged, and what the logger knows about it. */
export type LoggerRecord = Readonly<Record<string, unknown>>;

/** Writes the message of a record with its fields behind it. Returns who logged it, and when. */
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

/** Loggers tell times as milliseconds, seconds, texts or `Date`s. */
function toDate(time: unknown): Date | undefined {
  if (typeof time !== "number" && typeof time !== "string" && !(time instanceof Date)) return undefined;
  const date = new Date(typeof time === "number" && time < MAX_SECONDS ? time * 1000 : time);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Checks an option that lists keys. @throws {TypeError} that names it. */
export function checkKeys(name: string, keys: readonly string[]): void {
  if (Array.isArray(keys) && keys.every((key) => typeof key === "string")) return;
  throw new TypeError(`\`${name}\` must be an array of texts, got ${describeValue(keys)}`);
}
