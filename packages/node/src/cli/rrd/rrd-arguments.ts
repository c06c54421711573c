import type { ParseArgsConfig } from "node:util";
import { checkRecording, parseCommand, UsageError } from "../arguments.ts";

/** The flags of a command of `rerun-ts rrd`. */
export type Flags = NonNullable<ParseArgsConfig["options"]>;

/** The arguments of a command of `rerun-ts rrd`. */
export interface RrdArguments {
  /** The paths; none for standard input. */
  readonly paths: readonly string[];
  /** The value of a flag that is given once. */
  text(flag: string): string | undefined;
  /** The values of a flag that may be repeated. */
  texts(flag: string): readonly string[];
  /** Whether a flag is given. */
  has(flag: string): boolean;
}

/** Flags that all commands have. */
export const COMMON_FLAGS: Flags = { json: { type: "boolean" }, "continue-on-error": { type: "boolean" } };

/**
 * Parses arguments.
 *
 * @param isAllowed whether a path may be something else than a recording. Default: none may
 * @throws {UsageError} if a flag is unknown or lacks its value
 * @throws {RerunError} `IO_ERROR` or `INVALID_FORMAT` if a path is not that of a recording
 */
export function parseRrdArguments(
  args: string[],
  flags: Flags,
  isAllowed: (path: string) => boolean = () => false,
): RrdArguments {
  const { values, positionals } = parseCommand(args, { ...COMMON_FLAGS, ...flags });
  const paths = positionals.filter((path) => path !== "-");
  for (const path of paths) if (!/^https?:/i.test(path) && !isAllowed(path)) checkRecording(path);
  return {
    paths,
    text: (flag) => values[flag] as string | undefined,
    texts: (flag) => (values[flag] ?? []) as readonly string[],
    has: (flag) => values[flag] === true,
  };
}

/** The only path. @throws {UsageError} if there is none, or more than one */
export function onlyPath({ paths }: RrdArguments, command: string): string {
  const [path, ...others] = paths;
  if (path !== undefined && others.length === 0) return path;
  throw new UsageError(`\`rrd ${command}\` requires exactly one file, got ${paths.length}`);
}

/** Index values of a command line: integers, in nanoseconds for times, or dates for timestamps. */
export function parseTime(flag: string, text: string): bigint | Date {
  if (/^-?\d+$/.test(text)) return BigInt(text);
  const date = new Date(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw new UsageError(
    `\`${flag}\` must be an integer, or a date such as 2026-01-31T12:00:00Z, got ${JSON.stringify(text)}`,
  );
}
