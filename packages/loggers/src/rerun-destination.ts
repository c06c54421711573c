import type { RecordingView } from "@rerun-ts/core";
import { describeValue, type OptionNames } from "@rerun-ts/core/integration";
import type { LogBridgeOptions, TextLogLevelLike } from "@rerun-ts/types";
import { LineLog, levelOf } from "@rerun-ts/types/integration";
import { checkKeys, writeRecord, type LoggerRecord, type RecordKeys } from "./logger-record.ts";

/** The levels for pino's numbers 10, 20, … 60. */
const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"] as const;
const HIDDEN: ReadonlySet<string> = new Set(["level", "pid", "hostname", "v"]);

/** Options of {@link rerunDestination}. `entityPath` defaults to `"logs/pino"`. */
export interface RerunDestinationOptions extends LogBridgeOptions {
  /** The timeline for the times in the lines. Default: none. Lines then only have `log_time`, their time of writing. */
  timeline?: string | undefined;
  /** The key of the message in a line. It must equal pino's option of the same name. Default `"msg"`. */
  messageKey?: string | undefined;
  /**
   * Keys for the name of the logger: the first one with a string is used. The parts of the name are appended to
   * `entityPath`. Default `["name"]`, pino's name of a logger. `[]` logs all lines to one entity.
   */
  nameKeys?: readonly string[] | undefined;
}

export const RERUN_DESTINATION_OPTIONS: OptionNames<RerunDestinationOptions> = {
  entityPath: 1,
  maxTextLength: 1,
  timeline: 1,
  messageKey: 1,
  nameKeys: 1,
};

/**
 * A destination for pino. Each line is logged as a `TextLog`, in the calling thread and before `write` returns. Invalid
 * data is reported by the recording. Other code may write lines to the same destination. Lines without JSON are logged
 * as they are with the level `INFO`.
 */
export interface RerunDestination {
  /** Lets pino distinguish a destination from options if it is the only argument. */
  readonly writable: true;
  /** Logs a line of JSON, or several. Never throws. */
  write(line: string): void;
}

/**
 * Creates a destination for pino. It logs each line as a `TextLog`: for `pino(options, destination)` and
 * `pino.multistream`. The other fields of a line, such as those of child loggers, follow its message as `key=value`,
 * errors with their stack. A custom level becomes the nearest standard one, of two the more severe.
 *
 * @param recording the recording to log to. Default: the global recording
 * @throws {TypeError} if an option is wrong
 *
 * @example
 * const logger = pino({ name: "app.db" }, rerunDestination(rec, { entityPath: "logs" }));
 * logger.warn({ ms: 1200 }, "slow query"); // at /logs/app/db, WARN: slow query ms=1200
 */
export function rerunDestination(recording?: RecordingView, options?: RerunDestinationOptions): RerunDestination {
  const { timeline } = options ?? {};
  const known = RERUN_DESTINATION_OPTIONS;
  const lines = new LineLog({
    owner: "rerunDestination",
    defaultPath: "logs/pino",
    recording,
    options,
    known,
    timeline,
  });
  const { messageKey = "msg", nameKeys = ["name"] } = options ?? {};
  if (typeof messageKey !== "string")
    throw new TypeError(`\`messageKey\` must be a string, got ${describeValue(messageKey)}`);
  checkKeys("nameKeys", nameKeys);
  const keys: RecordKeys = { message: messageKey, time: "time", names: nameKeys, hidden: HIDDEN };
  return {
    writable: true,
    write(written: unknown): void {
      for (const line of textOf(written).split("\n")) if (line !== "") logLine(line, keys, lines);
    },
  };
}

/** Text that was written. Not everything can be converted. */
function textOf(written: unknown): string {
  try {
    return String(written);
  } catch {
    return describeValue(written);
  }
}

function logLine(line: string, keys: RecordKeys, lines: LineLog): void {
  lines.log((text) => {
    const record = parseRecord(line);
    if (record !== undefined) return { level: levelOfRecord(record["level"]), ...writeRecord(record, keys, text) };
    text.add(line);
    return { level: "INFO" };
  });
}

/** The record of a line, or `undefined` if the line is not a JSON object. */
function parseRecord(line: string): LoggerRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as LoggerRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** The level of a record. Pino writes a number, but its formatters may write a string. */
function levelOfRecord(level: unknown): TextLogLevelLike {
  if (typeof level === "string") return levelOf(level);
  if (typeof level !== "number") return "INFO";
  const index = Math.round(level / 10) - 1;
  return LEVELS[Math.min(Math.max(index, 0), LEVELS.length - 1)] ?? "INFO";
}
