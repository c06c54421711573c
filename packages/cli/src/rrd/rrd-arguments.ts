import { checkRecording } from "../command/input-files.ts";
import { UsageError } from "../command/usage-error.ts";
import { expandFolders } from "../expand-folders.ts";

/** The files of a command of `rerun-ts rrd`. */
export interface RrdPaths {
  /** The paths, with {@link STDIN} in the place of standard input. Empty for standard input alone. */
  readonly paths: readonly string[];
}

/** The path that stands for standard input. */
export const STDIN = "-";

/**
 * Adds the paths to the values of a command. A folder stands for the recordings in it, unless `isAllowed`.
 *
 * @param isAllowed whether a path may be something other than a recording. Default: never
 * @throws {UsageError} if standard input is given twice
 * @throws {RerunError} `IO_ERROR` or `INVALID_FORMAT` if a path does not lead to a recording
 */
export function withPaths<Values extends { readonly positionals: readonly string[] }>(
  values: Values,
  isAllowed: (path: string) => boolean = () => false,
): Values & RrdPaths {
  const positionals = values.positionals.flatMap((path) => (isAllowed(path) ? [path] : expandFolders([path])));
  const files = positionals.filter((path) => path !== STDIN);
  for (const path of files) if (!/^https?:/i.test(path) && !isAllowed(path)) checkRecording(path);
  if (positionals.length - files.length > 1)
    throw new UsageError("`-` stands for standard input, which can be given only once");
  return { ...values, paths: files.length > 0 ? positionals : [] };
}

/** The only path, or {@link STDIN}. @throws {UsageError} if there are several */
export function onlyPath({ paths }: RrdPaths, command: string): string {
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
