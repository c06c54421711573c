import type { ParseArgsConfig } from "node:util";
import { checkRecording, parseCommand, UsageError } from "../command/arguments.ts";
import { expandFolders } from "../expand-folders.ts";

/** The flags of a command of `rerun-ts rrd`. */
export type Flags = NonNullable<ParseArgsConfig["options"]>;

/** The arguments of a command of `rerun-ts rrd`. */
export interface RrdArguments {
  /** The paths, with {@link STDIN} in the place of standard input. Empty for standard input alone. */
  readonly paths: readonly string[];
  /** The value of a flag that is given once. */
  text(flag: string): string | undefined;
  /** The values of a flag that may be repeated. */
  texts(flag: string): readonly string[];
  /** Whether a flag is given. */
  has(flag: string): boolean;
  /** The number of occurrences of a flag, such as `-vv`. */
  count(flag: string): number;
  /** The value of a {@link SWITCH}, or `undefined` if the flag is absent. */
  isOn(flag: string): boolean | undefined;
}

/** The flag of commands that write a file. */
export const OUTPUT: Flags = { output: { type: "string", short: "o" } };

/** The path that stands for standard input. */
export const STDIN = "-";

/** Flags that all commands have. */
export const COMMON_FLAGS: Flags = { json: { type: "boolean" }, "continue-on-error": { type: "boolean" } };

/** A flag that is given alone, or with `=true` or `=false`. */
export const SWITCH = { type: "string" } as const;

/**
 * Parses arguments. A folder stands for the recordings in it, unless `isAllowed`.
 *
 * @param isAllowed whether a path may be something other than a recording. Default: never
 * @throws {UsageError} if a flag is unknown or lacks its value, or standard input is given twice
 * @throws {RerunError} `IO_ERROR` or `INVALID_FORMAT` if a path does not lead to a recording
 */
export function parseRrdArguments(
  args: string[],
  flags: Flags,
  isAllowed: (path: string) => boolean = () => false,
): RrdArguments {
  const switches = Object.keys(flags)
    .filter((name) => flags[name] === SWITCH)
    .map((name) => `--${name}`);
  const { values, positionals: given } = parseCommand(withValues(args, switches), { ...COMMON_FLAGS, ...flags });
  const positionals = given.flatMap((path) => (isAllowed(path) ? [path] : expandFolders([path])));
  const files = positionals.filter((path) => path !== STDIN);
  for (const path of files) if (!/^https?:/i.test(path) && !isAllowed(path)) checkRecording(path);
  if (positionals.length - files.length > 1)
    throw new UsageError("`-` stands for standard input, which can be given only once");
  const paths = files.length > 0 ? positionals : [];
  return {
    paths,
    text: (flag) => values[flag] as string | undefined,
    texts: (flag) => (values[flag] ?? []) as readonly string[],
    has: (flag) => values[flag] === true,
    count: (flag) => (values[flag] as readonly boolean[] | undefined)?.length ?? 0,
    isOn(flag) {
      const value = values[flag] as string | undefined;
      if (value === undefined || value === "true" || value === "false")
        return value === undefined ? undefined : value === "true";
      throw new UsageError(`\`--${flag}\` must be true or false, got ${JSON.stringify(value)}`);
    },
  };
}

/** The arguments with a value for each switch, which takes the next argument only if that is one. */
function withValues(args: readonly string[], switches: readonly string[]): string[] {
  const end = args.indexOf("--");
  const isSwitch = (index: number): boolean => switches.includes(args[index] ?? "") && (end < 0 || index < end);
  const isValue = (index: number): boolean => args[index] === "true" || args[index] === "false";
  return args.flatMap((arg, index) => {
    if (isSwitch(index)) return [`${arg}=${isValue(index + 1) ? args[index + 1] : "true"}`];
    return isValue(index) && isSwitch(index - 1) ? [] : [arg];
  });
}

/** The only path, or {@link STDIN}. @throws {UsageError} if there are several */
export function onlyPath({ paths }: RrdArguments, command: string): string {
  const [path = STDIN, ...others] = paths;
  if (others.length === 0) return path;
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
