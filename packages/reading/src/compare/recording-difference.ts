import type { PlainValue } from "../values/plain-value.ts";
import { plainJson } from "../values/json-text.ts";

/** A difference of two recordings. */
export interface RecordingDifference {
  /** Description of the difference, with the entity, the times and the values. */
  readonly reason: string;
  /** The entity, or `undefined` if the difference is not in one. */
  readonly entityPath: string | undefined;
  /** The times of the row by timeline. Empty for static data. `undefined` if the difference is not in one row. */
  readonly times: Readonly<Record<string, bigint>> | undefined;
  /** The component, or `undefined` if a whole row differs. */
  readonly component: string | undefined;
  /** The value in the first recording: the list of its instances. `undefined` if that recording has none. */
  readonly actual: PlainValue | undefined;
  /** The value in the second recording: the list of its instances. `undefined` if that recording has none. */
  readonly expected: PlainValue | undefined;
}

/** Receives the differences. */
export type ReportDifference = (difference: RecordingDifference) => void;

/** A difference with all its members. */
export function difference(reason: string, what: Partial<RecordingDifference> = {}): RecordingDifference {
  const { entityPath, times, component, actual, expected } = what;
  return { reason, entityPath, times, component, actual, expected };
}

/** Characters of a value that messages show. */
const MAX_TEXT = 100;

/** A value for a message. */
export function valueText(value: PlainValue | undefined): string {
  if (value === undefined) return "missing";
  const text = plainJson(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** The place of a row for a message. */
export function timesText(times: Readonly<Record<string, bigint>>): string {
  const texts = Object.entries(times).map(([name, time]) => `${name}=${time}`);
  return texts.length === 0 ? "" : ` at ${texts.join(", ")}`;
}
