import { log, type EntityPath, type EntityPathLike, type RecordingView } from "@rerun-ts/core";
import { checkEntityPath, checkOptions, checkRecording, describeValue, type OptionNames } from "@rerun-ts/core/checks";
import { TextLog } from "../gen/archetypes/text-log.ts";
import type { TextLogLevelLike } from "../codecs/log-levels.ts";
import { BoundedText } from "./bounded-text.ts";

const MAX_TEXT_LENGTH = 10_000;
const COLOR_CODES = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, "g");

/** Options of all bridges that turn log lines into {@link TextLog}s. */
export interface LogBridgeOptions {
  /** The entity that the lines are logged to. The default depends on the bridge. */
  entityPath?: EntityPathLike | undefined;
  /** The maximum number of characters of a line. Longer ones are truncated. Default 10,000. */
  maxTextLength?: number | undefined;
}

/** The properties of a log line besides its text. */
export interface LogLine {
  /** The severity, see `levelOf`. */
  readonly level: TextLogLevelLike;
  /** The name of the logger. Dots and slashes split it into parts, which are appended to the entity path. */
  readonly name?: string | undefined;
  /** The time of the line, on the timeline of the bridge. */
  readonly time?: Date | undefined;
}

/** The arguments of a bridge as users passed them, and its own name and defaults. */
export interface LineLogSetup {
  /** The name of the bridge, for the warning about unknown options. */
  readonly owner: string;
  /** The entity of the lines, if `options` has none. */
  readonly defaultPath: string;
  /** The recording to log to. Default: the global recording. */
  readonly recording?: RecordingView | undefined;
  /** The options of the bridge. Default: none. */
  readonly options?: LogBridgeOptions | undefined;
  /** The names of the options that exist. */
  readonly known: OptionNames<LogBridgeOptions>;
  /** The timeline for the times of lines. Default: their times are not logged. */
  readonly timeline?: string | undefined;
}

/**
 * Logs the lines of a logger or a console as {@link TextLog}s: the common part of all bridges.
 *
 * Options are checked once, in the constructor. After that nothing is thrown at the program that prints a line, not
 * even in strict mode. A line that is printed while another one is being logged, such as a warning about it, is
 * dropped: else the two could cause each other endlessly. Colour codes of terminals are removed and long lines are
 * truncated.
 */
export class LineLog {
  readonly #recording: Pick<RecordingView, "log">;
  readonly #path: EntityPath;
  readonly #maxTextLength: number;
  readonly #timeline: string | undefined;
  #isLogging = false;

  /** @throws {TypeError} if an option is wrong */
  constructor({ owner, defaultPath, recording, options = {}, known, timeline }: LineLogSetup) {
    checkOptions(owner, options, known);
    if (recording !== undefined) checkRecording(recording, "log", "a recording, or undefined for the global one");
    const { entityPath = defaultPath, maxTextLength = MAX_TEXT_LENGTH } = options;
    this.#recording = recording ?? { log };
    this.#path = checkEntityPath("entityPath", entityPath);
    this.#maxTextLength = checkLength(maxTextLength);
    this.#timeline = checkTimeline(timeline);
  }

  /** Logs one line: `describe` writes its text and returns its properties. Never throws. */
  log(describe: (text: BoundedText) => LogLine): void {
    if (this.#isLogging) return;
    this.#isLogging = true;
    try {
      this.#log(describe);
    } catch {
      // Errors of a strict recording are dropped, because a program does not expect them when it prints a line.
    } finally {
      this.#isLogging = false;
    }
  }

  #log(describe: (text: BoundedText) => LogLine): void {
    const text = new BoundedText(this.#maxTextLength);
    const { level, name, time } = describe(text);
    const path = name === undefined ? this.#path : this.#path.join(...partsOf(name));
    const times = this.#timeline === undefined || time === undefined ? undefined : { [this.#timeline]: time };
    const line = new TextLog(text.toString().replace(COLOR_CODES, ""), { level });
    this.#recording.log(path, line, times === undefined ? undefined : { time: times });
  }
}

/** The parts of a logger's name: two in `app.db` and `app/db`. */
function partsOf(name: string): string[] {
  return name.split(/[./]/).filter((part) => part !== "");
}

function checkLength(length: number): number {
  if (typeof length === "number" && length >= 1) return length;
  throw new TypeError(`\`maxTextLength\` must be a number of characters, at least 1, got ${describeValue(length)}`);
}

function checkTimeline(timeline: string | undefined): string | undefined {
  if (timeline === undefined || (typeof timeline === "string" && timeline !== "")) return timeline;
  throw new TypeError(`\`timeline\` must be the name of a timeline, got ${describeValue(timeline)}`);
}
