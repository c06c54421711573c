import { parseCommand, UsageError } from "../command/arguments.ts";
import type { Flags } from "../rrd/rrd-arguments.ts";

/** The arguments of a command for one file. */
export interface McapArguments {
  readonly path: string;
  text(flag: string): string | undefined;
  texts(flag: string): readonly string[];
  has(flag: string): boolean;
}

/** Parses the arguments of a command. @throws {UsageError} if one is wrong */
export function parseMcapArguments(command: string, args: string[], flags: Flags): McapArguments {
  const all: Flags = { recover: { type: "boolean" }, ...flags };
  const { values, positionals } = parseCommand(args, all);
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0)
    throw new UsageError(`\`mcap ${command}\` requires exactly one file, got ${positionals.length}`);
  return {
    path,
    text: (flag) => values[flag] as string | undefined,
    texts: (flag) => (values[flag] ?? []) as readonly string[],
    has: (flag) => values[flag] === true,
  };
}
