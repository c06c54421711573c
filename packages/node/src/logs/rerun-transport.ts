import type { RecordingView } from "@rerun-ts/core";
import type { LogBridgeOptions } from "@rerun-ts/types";
import { LineLog, levelOf } from "@rerun-ts/types/internal";
import Transport from "winston-transport";
import { checkKeys, writeRecord, type LoggerRecord, type RecordKeys } from "./logger-record.ts";

/** The level as it was before a format put colours into it. */
const LEVEL: unique symbol = Symbol.for("level");
const HIDDEN: ReadonlySet<string> = new Set(["level"]);
/** What winston adds to an exception that nobody caught: its message has the stack already. */
const HIDDEN_OF_EXCEPTIONS: ReadonlySet<string> = new Set(
  "level error stack exception rejection date process os trace".split(" "),
);

/** Options of {@link RerunTransport}; `entityPath` is `"logs/winston"` by default. */
export interface RerunTransportOptions extends LogBridgeOptions {
  /** Where to log. Default: the global recording. */
  recording?: RecordingView | undefined;
  /**
   * The timeline for the times that winston's format `timestamp` adds. Default: none, lines are on `log_time` alone,
   * when they are written.
   */
  timeline?: string | undefined;
  /**
   * The first of these keys that holds a text names who logged a line; its parts come behind `entityPath`. Default
   * `["label", "service", "name"]`; `[]` keeps all lines at one entity.
   */
  nameKeys?: readonly string[] | undefined;
  /** Lines that are less severe are left out. Default: the logger's. */
  level?: string | undefined;
  /** Leaves out everything. Default `false`. */
  silent?: boolean | undefined;
  /** A format for this transport alone. */
  format?: Transport.TransportStreamOptions["format"] | undefined;
  /** Takes exceptions that nobody catches too. Default `false`. */
  handleExceptions?: boolean | undefined;
  /** Takes rejections that nobody handles too. Default `false`. */
  handleRejections?: boolean | undefined;
}

const KNOWN: Readonly<Record<keyof RerunTransportOptions, 1>> = {
  entityPath: 1,
  maxTextLength: 1,
  recording: 1,
  timeline: 1,
  nameKeys: 1,
  level: 1,
  silent: 1,
  format: 1,
  handleExceptions: 1,
  handleRejections: 1,
};

/**
 * A transport of winston: logs each line as a `TextLog`. The other fields of a line come behind its message as
 * `key=value`, errors with their stack. `http`, `verbose` and `debug` are `DEBUG`, `silly` is `TRACE`; levels that
 * neither winston nor syslog has keep their name.
 *
 * @example
 * const logger = winston.createLogger({
 *   defaultMeta: { service: "app.db" },
 *   transports: [new RerunTransport({ recording: rec, entityPath: "logs" })],
 * });
 * logger.warn("slow query", { ms: 1200 }); // at /logs/app/db, WARN: slow query ms=1200
 */
export class RerunTransport extends Transport {
  readonly #lines: LineLog;
  readonly #names: readonly string[];

  /** @throws {TypeError} if an option is wrong. */
  constructor(options: RerunTransportOptions = {}) {
    const lines = new LineLog({
      owner: "RerunTransport",
      defaultPath: "logs/winston",
      recording: options?.recording,
      options,
      known: KNOWN,
      timeline: options?.timeline,
    });
    const {
      nameKeys = ["label", "service", "name"],
      level,
      silent,
      format,
      handleExceptions,
      handleRejections,
    } = options;
    checkKeys("nameKeys", nameKeys);
    super({ level, silent, format, handleExceptions, handleRejections } as Transport.TransportStreamOptions);
    this.#lines = lines;
    this.#names = nameKeys;
  }

  /** @internal Called by winston. */
  override log(info: LoggerRecord, done: () => void): void {
    setImmediate(() => this.emit("logged", info));
    this.#lines.log((text) => {
      const level = (info as { readonly [LEVEL]?: unknown })[LEVEL] ?? info["level"];
      return { level: levelOf(String(level)), ...writeRecord(withStack(info), keysOf(info, this.#names), text) };
    });
    done();
  }
}

function keysOf(info: LoggerRecord, names: readonly string[]): RecordKeys {
  const isException = info["exception"] === true || info["rejection"] === true;
  const hidden = isException ? HIDDEN_OF_EXCEPTIONS : HIDDEN;
  return { message: "message", time: "timestamp", names, hidden };
}

/** An error may be the record itself, and then has its stack and cause, but not as fields. */
function withStack(info: LoggerRecord): LoggerRecord {
  if (!(info instanceof Error)) return info;
  const { message, stack, cause } = info;
  return { ...Object.fromEntries(Object.entries(info)), message, stack, cause };
}
