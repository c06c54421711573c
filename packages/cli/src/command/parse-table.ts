import { parseArgs, type ParseArgsConfig } from "node:util";
import { messageOf } from "@rerun-ts/core/checks";
import { parseByteCount } from "@rerun-ts/node/files";
import type { CommandTable, Flag, Flags, ValuesOf } from "./command-table.ts";
import { flagsOf } from "./status-flags.ts";
import { UsageError, unknownName } from "./usage-error.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;
/** A negative number, or several: `parseArgs` takes them for flags. */
const NEGATIVE = /^-(?:\d|\.\d)/;
/** Before a negative number: no argument of a process contains this character. */
const MARK = "\0";
type Given = string | boolean | readonly (string | boolean)[] | undefined;

/** Parses the arguments of a command. @throws {UsageError} if one is wrong */
export function parseTable<Table extends CommandTable>(table: Table, args: readonly string[]): ValuesOf<Table> {
  const flags = flagsOf(table);
  const { values: given, positionals } = parseGiven(withValues(args, flags), flags);
  const isGiven = (name: string): boolean => given[name] !== undefined;
  checkPositionals(table, positionals);
  const values = Object.entries(flags).map(([name, flag]) => [name, valueOf(name, flag, given[name])]);
  for (const [name, flag] of Object.entries(flags)) if (isGiven(name)) checkOthers(name, flag, isGiven);
  // Each value has the type of its flag.
  return { ...Object.fromEntries(values), positionals } as ValuesOf<Table>;
}

function parseGiven(args: string[], flags: Flags): { values: Readonly<Record<string, Given>>; positionals: string[] } {
  const options: Options = {};
  for (const [name, flag] of Object.entries(flags)) {
    const type = flag.kind === "switch" || flag.kind === "count" ? "boolean" : "string";
    const multiple = flag.kind === "count" || ("repeated" in flag && flag.repeated);
    options[name] = { type, multiple, ...(flag.short === undefined ? {} : { short: flag.short }) };
  }
  try {
    const { values, positionals } = parseArgs({ args: args.map(markNegative), allowPositionals: true, options });
    const unmarked = Object.entries(values).map(([name, value]) => [name, unmark(value)]);
    return { values: Object.fromEntries(unmarked) as Record<string, Given>, positionals: positionals.map(unmarkText) };
  } catch (error) {
    const message = messageOf(error);
    const misused = describeMisuse(message);
    if (misused !== undefined) throw new UsageError(misused, { cause: error });
    const unknown = /^Unknown option '(-[^' ]*)/.exec(message)?.[1];
    if (unknown === undefined) throw new UsageError(message.split(". ", 1)[0], { cause: error });
    const known = Object.keys(flags).filter((name) => flags[name]?.hidden !== true);
    throw unknownName(
      "option",
      unknown,
      known.map((name) => `--${name}`),
    );
  }
}

function markNegative(text: string): string {
  return NEGATIVE.test(text) ? `${MARK}${text}` : text;
}

function unmark(given: Given): Given {
  if (Array.isArray(given)) return given.map((one) => unmark(one) as string | boolean);
  return typeof given === "string" ? unmarkText(given) : given;
}

function unmarkText(text: string): string {
  return text.startsWith(MARK) ? text.slice(1) : text;
}

/** The problem with the value of a known option, from the message of `parseArgs`. */
function describeMisuse(message: string): string | undefined {
  const option = /^Option '(?:-\w, )?(--?[\w-]+)/.exec(message)?.[1];
  if (option === undefined) return undefined;
  if (message.includes("does not take an argument")) return `\`${option}\` takes no value`;
  const hint = message.includes("ambiguous") ? `; one with a dash is given as \`${option}=-…\`` : "";
  return `\`${option}\` requires a value${hint}`;
}

/** The arguments with a value for each flag that may be given alone: it takes the next argument only if that is one. */
function withValues(args: readonly string[], flags: Flags): string[] {
  const end = args.indexOf("--");
  const isOnOff = (index: number): boolean =>
    (end < 0 || index < end) &&
    args[index]?.startsWith("--") === true &&
    flags[args[index].slice(2)]?.kind === "on-off";
  const isValue = (index: number): boolean => args[index] === "true" || args[index] === "false";
  return args.flatMap((arg, index) => {
    if (isOnOff(index)) return [`${arg}=${isValue(index + 1) ? args[index + 1] : "true"}`];
    return isValue(index) && isOnOff(index - 1) ? [] : [arg];
  });
}

/** @throws {UsageError} if a flag lacks another one, or excludes one */
function checkOthers(name: string, { requires, conflicts }: Flag, isGiven: (name: string) => boolean): void {
  if (requires?.some(isGiven) === false)
    throw new UsageError(`\`--${name}\` requires ${requires.map((other) => `\`--${other}\``).join(" or ")}`);
  const other = conflicts?.find(isGiven);
  if (other !== undefined) throw new UsageError(`\`--${name}\` cannot be combined with \`--${other}\``);
}

function checkPositionals({ name, positionals }: CommandTable, given: readonly string[]): void {
  const { least = 0, most = positionals === undefined ? 0 : Infinity, required } = positionals ?? {};
  if (given.length >= least && given.length <= most) return;
  if (most === 0) throw new UsageError(`\`${name}\` takes no arguments, got ${given.join(" ")}`);
  const got = given.length === 0 ? "" : `, got ${given.length}`;
  throw new UsageError(`\`${name}\` requires ${required}${got}`);
}

function valueOf(name: string, flag: Flag, given: Given): unknown {
  const label = `--${name}`;
  if (flag.kind === "switch") return given === true;
  if (flag.kind === "count") return Array.isArray(given) ? given.length : 0;
  if (flag.kind === "on-off") return given === undefined ? undefined : onOffOf(label, String(given));
  const variable = flag.environment === undefined ? "" : (process.env[flag.environment] ?? "");
  const isReplaced = given === undefined && variable !== "";
  const source = isReplaced ? (flag.environment ?? "") : label;
  const value = isReplaced ? variable : given;
  if ((value === undefined || value === "") && flag.required !== undefined)
    throw new UsageError(`\`${label}\` is required: ${flag.required}`);
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value.map((each) => singleOf(source, flag, String(each)));
  return singleOf(source, flag, String(value));
}

function onOffOf(label: string, value: string): boolean {
  if (value === "true" || value === "false") return value === "true";
  throw new UsageError(`\`${label}\` must be true or false, got ${JSON.stringify(value)}`);
}

function singleOf(
  label: string,
  flag: Exclude<Flag, { kind: "switch" } | { kind: "on-off" } | { kind: "count" }>,
  text: string,
): unknown {
  if (flag.kind === "integer") return integerOf(label, text);
  if (flag.kind === "port") return portOf(label, text);
  if (flag.kind === "number") return numberOf(label, text);
  if (flag.kind === "bytes") return bytesOf(label, text);
  if (flag.kind === "choice" && !flag.choices.includes(text))
    throw new UsageError(`\`${label}\` must be ${choiceOf(flag.choices)}, got ${JSON.stringify(text)}`);
  return text;
}

function choiceOf(choices: readonly string[]): string {
  return choices.length <= 2 ? choices.join(" or ") : `one of ${choices.join(", ")}`;
}

function portOf(label: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UsageError(`\`${label}\` must be a port from 0 to 65535, got ${JSON.stringify(text)}`);
}

/** The value of an option. @throws {UsageError} if it is not a non-negative integer */
export function integerOf(label: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`\`${label}\` must be a non-negative integer, got ${JSON.stringify(text)}`);
}

function numberOf(label: string, text: string): number {
  if (/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) && Number(text) < Infinity) return Number(text);
  throw new UsageError(`\`${label}\` must be a non-negative number, got ${JSON.stringify(text)}`);
}

function bytesOf(label: string, text: string): number {
  try {
    return parseByteCount(label, /^\d+$/.test(text) ? Number(text) : text);
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}
