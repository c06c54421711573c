import { RerunError } from "@rerun-ts/core";
import { argumentError, invalidArgument, kindOf, messageOf, type OptionNames } from "@rerun-ts/core/checks";
import type { ReadOptions, ReadProgress } from "@rerun-ts/reading/source";
import { decoderSet, type McapDecoder } from "./mcap-decoders.ts";
import { translated } from "./topic-expressions.ts";
import type { McapProblem } from "./problem-log.ts";

/** Options of {@link mcapChunks} and {@link importMcap}. */
export interface McapOptions extends ReadOptions {
  /**
   * The topics to read, as regular expressions of which one must match. Strings have Rerun's syntax, which is that of
   * Rust. Default: all.
   */
  includeTopics?: readonly (RegExp | string)[] | undefined;
  /** The topics to leave out, as regular expressions. Default: none. */
  excludeTopics?: readonly (RegExp | string)[] | undefined;
  /** The first log time to read, in nanoseconds since 1970. Default: all. */
  startTime?: bigint | undefined;
  /** The log time before which to stop, in nanoseconds since 1970. Default: all. */
  endTime?: bigint | undefined;
  /** The decoders, and so the parts of the file that are read. Default: all. */
  decoders?: readonly McapDecoder[] | undefined;
  /** Whether messages that no other decoder reads are kept as bytes. Default `true`. */
  rawFallback?: boolean | undefined;
  /** The type of the timelines with times. Default `"timestamp"`. */
  timelineType?: "timestamp" | "duration" | undefined;
  /** Nanoseconds that are added to all timestamps, but not to durations. Default 0. */
  timeOffset?: bigint | undefined;
  /** Receives how much was read, every few megabytes. Default: nothing. */
  onProgress?: ((progress: ReadProgress) => void) | undefined;
  /** Receives what cannot be converted, once for each topic and reason. Default: nothing. */
  onProblem?: ((problem: McapProblem) => void) | undefined;
}

/** The names of the options. */
export const MCAP_OPTIONS: OptionNames<McapOptions> = {
  includeTopics: 1,
  excludeTopics: 1,
  startTime: 1,
  endTime: 1,
  decoders: 1,
  rawFallback: "boolean",
  timelineType: 1,
  timeOffset: 1,
  onProgress: "function",
  onProblem: "function",
  signal: 1,
};

/** Options after their checks. */
export interface McapChoices {
  readonly decoders: ReadonlySet<McapDecoder>;
  readonly rawFallback: boolean;
  readonly timelineType: "timestamp" | "duration";
  readonly timeOffset: bigint;
  readonly startTime: bigint;
  readonly endTime: bigint;
  /** Whether messages are chosen by their times. */
  readonly hasTimes: boolean;
  /** Whether some topics may be left out. */
  readonly isChosen: boolean;
  wantsTopic(topic: string): boolean;
}

const MAX_TIME = 2n ** 64n;
/** The most topics that an error names. */
const MAX_NAMED = 20;

/** Checks options. @throws {TypeError} if one is wrong */
export function chooseMcap(options: McapOptions): McapChoices {
  const {
    timelineType = "timestamp",
    timeOffset = 0n,
    startTime = 0n,
    endTime = MAX_TIME,
    rawFallback = true,
  } = options;
  if (timelineType !== "timestamp" && timelineType !== "duration")
    throw invalidArgument("timelineType", '"timestamp" or "duration"', timelineType);
  for (const [name, value] of Object.entries({ timeOffset, startTime, endTime }))
    if (typeof value !== "bigint") throw invalidArgument(name, "a bigint of nanoseconds", value);
  if (startTime >= endTime) throw invalidArgument("endTime", `later than \`startTime\` (${startTime})`, endTime);
  const includes = expressions("includeTopics", options.includeTopics);
  const excludes = expressions("excludeTopics", options.excludeTopics);
  const isChosen = options.includeTopics !== undefined || excludes.length > 0;
  const wantsTopic = (topic: string): boolean =>
    (includes.length === 0 || includes.some((expression) => expression.test(topic))) &&
    !excludes.some((expression) => expression.test(topic));
  const decoders = decoderSet(options.decoders);
  const hasTimes = startTime > 0n || endTime < MAX_TIME;
  const offset = timelineType === "timestamp" ? timeOffset : 0n;
  return {
    decoders,
    rawFallback,
    timelineType,
    timeOffset: offset,
    startTime,
    endTime,
    hasTimes,
    isChosen,
    wantsTopic,
  };
}

/** @throws {RerunError} `NOT_FOUND` if the file has topics, and none of them is wanted */
export function checkTopics(choices: McapChoices, channels: Iterable<{ readonly topic: string }>): void {
  const topics = Array.from(channels, ({ topic }) => topic);
  if (!choices.isChosen || topics.length === 0 || topics.some((topic) => choices.wantsTopic(topic))) return;
  const names = topics.slice(0, MAX_NAMED).map((topic) => JSON.stringify(topic));
  const more = topics.length > MAX_NAMED ? `, and ${topics.length - MAX_NAMED} more` : "";
  const message = `\`includeTopics\` and \`excludeTopics\` leave no topic of the file, which has ${names.join(", ")}${more}`;
  throw new RerunError("NOT_FOUND", message, { argument: "includeTopics" });
}

function isRegExp(value: unknown): value is RegExp {
  return kindOf(value) === "RegExp";
}

function expressions(name: string, list: readonly (RegExp | string)[] | undefined): RegExp[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw invalidArgument(name, "an array of regular expressions", list);
  return (list as readonly unknown[]).map((item) => {
    // Removes the flags that make `test` depend on earlier calls.
    if (isRegExp(item)) return new RegExp(item.source, item.flags.replace(/[gy]/g, ""));
    if (typeof item !== "string") throw invalidArgument(name, "an array of regular expressions", item);
    return expressionOf(name, item);
  });
}

/** An expression in the syntax of Rerun, which may begin with flags: `(?i)camera`. */
function expressionOf(name: string, text: string): RegExp {
  const [, flags = "", source = text] = /^\(\?([ims]+)\)(.*)$/s.exec(text) ?? [];
  try {
    return new RegExp(translated(source), `${flags}u`);
  } catch (error) {
    const message = `\`${name}\` must be valid regular expressions: ${messageOf(error)}`;
    throw argumentError(name, message, { cause: error });
  }
}
