import type { RecordingView } from "@rerun-ts/core";
import type { LogBridgeOptions } from "@rerun-ts/types";
import { LineLog, levelOf } from "@rerun-ts/types/integration";
import Transport from "winston-transport";
import { checkKeys, writeRecord, type LoggerRecord, type RecordKeys } from "./logger-record.ts";
import type { OptionNames } from "@rerun-ts/core/integration";

/** The key of the level without the colours that a format may add to `level`. Source: triple-beam. */
const LEVEL: unique symbol = Symbol.for("level");
const HIDDEN: ReadonlySet<string> = new Set(["level"]);
/** Keys that winston adds to an uncaught exception, whose message contains the stack already. */
const HIDDEN_OF_EXCEPTIONS: ReadonlySet<string> = new Set(
  "level error stack exception rejection date process os trace".split(" "),
);

/** Options of {@link RerunTransport}. `entityPath` defaults to `"logs/winston"`. */
export interface RerunTransportOptions extends LogBridgeOptions {
  /** The recording to log to. Default: the global recording. */
  recording?: RecordingView | undefined;
  /**
   * The timeline for the times of winston's format `timestamp`. Default: none. Lines then only have `log_time`, their
   * time of writing.
   */
  timeline?: string | undefined;
  /**
   * Keys for the name of the logger: the first one with a string is used. The parts of the name are appended to
   * `entityPath`. Default `["label", "service", "name"]`. `[]` logs all lines to one entity.
   */
  nameKeys?: readonly string[] | undefined;
  /** The least severe logged level. Default: the level of the logger. */
  level?: string | undefined;
  /** Whether nothing is logged. Default `false`. */
  silent?: boolean | undefined;
  /** A format for this transport only. Default: the format of the logger. */
  format?: Transport.TransportStreamOptions["format"] | undefined;
  /** Whether uncaught exceptions are logged. Default `false`. */
  handleExceptions?: boolean | undefined;
  /** Whether unhandled rejections are logged. Default `false`. */
  handleRejections?: boolean | undefined;
}

const KNOWN: OptionNames<RerunTransportOptions> = {
  entityPath: 1,
  maxTextLength: 1,
  recording: 1,
  timeline: 1,
  nameKeys: 1,
  level: 1,
  silent: "boolean",
  format: 1,
  handleExceptions: "boolean",
  handleRejections: "boolean",
};

/**
 * A transport for winston: logs each line as a `TextLog`, in the calling thread. The other fields of a line follow its
 * message as `key=value`, errors with their stack. `http`, `verbose` and `debug` become `DEBUG`, and `silly` becomes
 * `TRACE`. Levels that neither winston nor syslog defines keep their name. Logging a line never throws and never emits
 * an `error` event. The recording reports invalid data. Each line emits `logged`, as with other transports.
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

  /** @throws {TypeError} if an option is wrong */
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

/** The record with message, stack and cause as fields, because they are not enumerable in an error. */
function withStack(info: LoggerRecord): LoggerRecord {
  if (!(info instanceof Error)) return info;
  const { message, stack, cause } = info;
  return { ...Object.fromEntries(Object.entries(info)), message, stack, cause };
}
