import { EntityPath, log, type EntityPathLike, type RecordingView } from "@rerun-ts/core";
import { describeUnknown, describeValue } from "@rerun-ts/core/internal";
import { TextLog } from "../gen/archetypes/text-log.ts";
import type { TextLogLevelLike } from "../input/open-sets.ts";
import { BoundedText } from "./bounded-text.ts";

const MAX_TEXT_LENGTH = 10_000;
const COLOR_CODES = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, "g");

/** Options of everything that turns lines of a log into {@link TextLog}s. */
export interface LogBridgeOptions {
  /** Where the lines are logged. The default is told by who takes these options. */
  entityPath?: EntityPathLike | undefined;
  /** Texts are cut off behind so many characters. Default 10,000. */
  maxTextLength?: number | undefined;
}

/** What a line has besides its text. */
export interface LogLine {
  readonly level: TextLogLevelLike;
  /** Who logged it: dots and slashes part it, and its parts come behind the path. */
  readonly name?: string | undefined;
  /** When that was, on the timeline of the options. */
  readonly time?: Date | undefined;
}

/** What a bridge is made with, as users passed it, and what it calls itself. */
export interface LineLogSetup {
  readonly owner: string;
  readonly defaultPath: string;
  readonly recording: RecordingView | undefined;
  readonly options: LogBridgeOptions | undefined;
  /** The options that there are. */
  readonly known: Readonly<Record<keyof LogBridgeOptions, 1>>;
  /** The timeline for the times of lines; without it they have none. */
  readonly timeline?: string | undefined;
}

/**
 * Logs lines as {@link TextLog}s. A line that arises while another one is logged, such as a warning about it, is left
 * out; nothing is ever thrown at who logs.
 */
export class LineLog {
  readonly #recording: Pick<RecordingView, "log">;
  readonly #path: EntityPath;
  readonly #maxTextLength: number;
  readonly #timeline: string | undefined;
  #isLogging = false;

  /** @throws {TypeError} that names what is wrong. Options that there are not get a warning. */
  constructor({ owner, defaultPath, recording, options = {}, known, timeline }: LineLogSetup) {
    checkOptions(options);
    const { entityPath = defaultPath, maxTextLength = MAX_TEXT_LENGTH } = options;
    this.#recording = checkRecording(recording) ?? { log };
    this.#path = checkPath(entityPath);
    this.#maxTextLength = checkLength(maxTextLength);
    this.#timeline = checkTimeline(timeline);
    const notice = describeUnknown(owner, options, known);
    if (notice !== undefined) console.warn(`[rerun] ${notice}`);
  }

  /** Logs the line that `describe` tells and whose text it writes. */
  log(describe: (text: BoundedText) => LogLine): void {
    if (this.#isLogging) return;
    this.#isLogging = true;
    try {
      this.#log(describe);
    } catch {
      // In strict mode a recording throws; a program that prints a line expects nothing of that kind.
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

/** The parts of a logger's name: `app.db` and `app/db` are two. */
function partsOf(name: string): string[] {
  return name.split(/[./]/).filter((part) => part !== "");
}

function checkOptions(options: LogBridgeOptions): void {
  if (typeof options === "object" && options !== null) return;
  throw new TypeError(`\`options\` must be an object, got ${describeValue(options)}`);
}

function checkRecording(recording: RecordingView | undefined): RecordingView | undefined {
  if (recording === undefined || typeof (recording as Partial<RecordingView> | null)?.log === "function")
    return recording;
  throw new TypeError(
    `\`recording\` must be a recording, or undefined for the global one, got ${describeValue(recording)}`,
  );
}

function checkPath(path: EntityPathLike): EntityPath {
  try {
    if (typeof path === "string") return EntityPath.parse(path);
    if (path instanceof EntityPath) return path;
    if (Array.isArray(path)) return EntityPath.of(...path);
  } catch {
    // A part of it is wrong.
  }
  throw new TypeError(
    `\`entityPath\` must be an entity path: a string, or an array of its parts, got ${describeValue(path)}`,
  );
}

function checkLength(length: number): number {
  if (typeof length === "number" && length >= 1) return length;
  throw new TypeError(`\`maxTextLength\` must be a number of characters, at least 1, got ${describeValue(length)}`);
}

function checkTimeline(timeline: string | undefined): string | undefined {
  if (timeline === undefined || (typeof timeline === "string" && timeline !== "")) return timeline;
  throw new TypeError(`\`timeline\` must be the name of a timeline, got ${describeValue(timeline)}`);
}
