import type { RecordingView } from "@rerun-ts/core";
import { describeValue } from "@rerun-ts/core/internal";
import type { LogBridgeOptions, TextLogLevelLike } from "@rerun-ts/types";
import { LineLog, levelOf } from "@rerun-ts/types/internal";
import { checkKeys, writeRecord, type LoggerRecord, type RecordKeys } from "./logger-record.ts";

/** By tens: pino's levels are 10 to 60. */
const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"] as const;
const HIDDEN: ReadonlySet<string> = new Set(["level", "pid", "hostname", "v"]);

/** Options of {@link rerunDestination}; `entityPath` is `"logs/pino"` by default. */
export interface RerunDestinationOptions extends LogBridgeOptions {
  /** The timeline for the times of the lines. Default: none, they are on `log_time` alone, when they are written. */
  timeline?: string | undefined;
  /** The key of the message, if pino's option of that name tells another than `"msg"`. */
  messageKey?: string | undefined;
  /**
   * The first of these keys that holds a text names who logged a line; its parts come behind `entityPath`. Default
   * `["name"]`, which is pino's name of a logger; `[]` keeps all lines at one entity.
   */
  nameKeys?: readonly string[] | undefined;
}

export const RERUN_DESTINATION_OPTIONS: Readonly<Record<keyof RerunDestinationOptions, 1>> = {
  entityPath: 1,
  maxTextLength: 1,
  timeline: 1,
  messageKey: 1,
  nameKeys: 1,
};

/** Where pino writes its lines. */
export interface RerunDestination {
  /** By this pino knows it from options, where it is the only argument. */
  readonly writable: true;
  /** Logs a line of JSON; it never throws. */
  write(line: string): void;
}

/**
 * Takes pino's lines and logs each as a `TextLog`: for `pino(options, destination)` and `pino.multistream`. The other
 * fields of a line, such as those of child loggers, come behind its message as `key=value`, errors with their stack.
 * A level in between is the nearest one, the more severe of two.
 *
 * @param recording where to log; default: the global recording
 * @throws {TypeError} if an option is wrong.
 *
 * @example
 * const logger = pino({ name: "app.db" }, rerunDestination(rec, { entityPath: "logs" }));
 * logger.warn({ ms: 1200 }, "slow query"); // at /logs/app/db, WARN: slow query ms=1200
 */
export function rerunDestination(recording?: RecordingView, options?: RerunDestinationOptions): RerunDestination {
  const lines = new LineLog({
    owner: "rerunDestination",
    defaultPath: "logs/pino",
    recording,
    options,
    known: RERUN_DESTINATION_OPTIONS,
    timeline: options?.timeline,
  });
  const { messageKey = "msg", nameKeys = ["name"] } = options ?? {};
  if (typeof messageKey !== "string")
    throw new TypeError(`\`messageKey\` must be a text, got ${describeValue(messageKey)}`);
  checkKeys("nameKeys", nameKeys);
  const keys: RecordKeys = { message: messageKey, time: "time", names: nameKeys, hidden: HIDDEN };
  return {
    writable: true,
    write(written: unknown): void {
      for (const line of String(written).split("\n")) if (line !== "") logLine(line, keys, lines);
    },
  };
}

function logLine(line: string, keys: RecordKeys, lines: LineLog): void {
  lines.log((text) => {
    const record = parseRecord(line);
    if (record !== undefined) return { level: levelOfRecord(record["level"]), ...writeRecord(record, keys, text) };
    text.add(line);
    return { level: "INFO" };
  });
}

/** What others write to the same place need not be JSON. */
function parseRecord(line: string): LoggerRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as LoggerRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** A number, or what a formatter made of it. */
function levelOfRecord(level: unknown): TextLogLevelLike {
  if (typeof level === "string") return levelOf(level);
  if (typeof level !== "number") return "INFO";
  const index = Math.round(level / 10) - 1;
  return LEVELS[Math.min(Math.max(index, 0), LEVELS.length - 1)] ?? "INFO";
}
