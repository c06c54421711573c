import type { CommandTable, Flag } from "./command-table.ts";
import { flagsOf } from "./status-flags.ts";

/** The width of the output of `--help`. */
const WIDTH = 100;
/** The column of texts about flags. */
const COLUMN = 30;

/** Lines with a name and a text about it. */
export type Rows = readonly (readonly [name: string, text: string])[];

/** A space that does not end a line. */
const NO_BREAK = "\u00A0";
/** The longest text that stays in one line. */
const MAX_UNBROKEN = 50;

const WRONG_USAGE = "The command line is wrong.";

/** The output of `--help` for a command. */
export function helpText(table: CommandTable): string {
  const { description, summary, groups = {}, exits, notes = [], examples = [] } = table;
  const flags = Object.entries(flagsOf(table)).filter(([, { hidden }]) => hidden !== true);
  const grouped = new Set(Object.values(groups).flat());
  const rows = (names: (name: string) => boolean): Rows =>
    flags.filter(([name]) => names(name)).map(([name, flag]) => [labelOf(name, flag), textOf(flag)]);
  return joined([
    `Usage: ${usageOf(table)}`,
    ...(description ?? [`${summary}.`]).map((text) => wrapped(text)),
    section("Options:", [...rows((name) => !grouped.has(name)), ["-h, --help", "Show this help"]]),
    ...Object.entries(groups).map(([title, names]) =>
      section(
        `${title}:`,
        rows((name) => names.includes(name)),
      ),
    ),
    section("Environment:", environmentOf(table)),
    section(
      "Exit status:",
      Object.entries({ 2: WRONG_USAGE, ...exits }).map(([status, text]) => [status, text]),
      5,
    ),
    ...notes.map((text) => wrapped(text)),
    examples.length === 0 ? "" : ["Examples:", ...examples.map((line) => `  rerun-ts ${line}`)].join("\n"),
  ]);
}

/** The form of the command line of a command. */
export function usageOf({ name, flags, positionals }: CommandTable): string {
  const required = Object.entries(flags).flatMap(([flag, each]) =>
    "required" in each && each.required !== undefined ? [labelOf(flag, each)] : [],
  );
  const options = Object.keys(flags).length > required.length ? ["[OPTION …]"] : [];
  return ["rerun-ts", name, ...required, ...options, positionals?.usage ?? ""].join(" ").trimEnd();
}

/** A flag with the name of its value. */
function labelOf(name: string, flag: Flag): string {
  const short = flag.short === undefined ? "" : `-${flag.short}, `;
  const value = valueOf(flag);
  return `${short}--${name}${value === "" ? "" : ` ${value}`}`;
}

/** The name of the value of a flag, or the values themselves. */
export function valueOf(flag: Flag): string {
  if (flag.kind === "choice") return flag.choices.length > 4 ? "NAME" : flag.choices.join("|");
  return "value" in flag ? flag.value : "";
}

function textOf(flag: Flag): string {
  const names = (flags: readonly string[] = []): string => flags.map((name) => `--${name}`).join(" or ");
  const choices = flag.kind === "choice" && flag.choices.length > 4 ? `: ${flag.choices.join(", ")}` : "";
  return [
    `${flag.help}${choices}`,
    ...(flag.requires === undefined ? [] : [`requires ${names(flag.requires)}`]),
    ...(flag.conflicts === undefined ? [] : [`cannot be combined with ${names(flag.conflicts)}`]),
    ...("repeated" in flag && flag.repeated ? ["may be repeated"] : []),
  ]
    .join("; ")
    .concat(flag.default === undefined ? "" : ` ${unbroken(`[default: ${flag.default}]`)}`);
}

function environmentOf({ flags, environment = {} }: CommandTable): Rows {
  const replacing = Object.entries(flags).flatMap(([name, { environment: variable }]) => {
    const visible = name.includes("token") ? ", which is visible in the list of processes" : "";
    return variable === undefined ? [] : [[variable, `Replaces --${name}${visible}`] as const];
  });
  return [...replacing, ...Object.entries(environment)];
}

/** A title with its lines, or an empty text if there are none. */
export function section(title: string, rows: Rows, column: number = COLUMN): string {
  if (rows.length === 0) return "";
  return [title, ...rows.map(([name, text]) => row(name, text, column))].join("\n");
}

function row(name: string, text: string, column: number): string {
  const lines = wrapped(text, WIDTH - column).split("\n");
  const indented = lines.map((line) => `${" ".repeat(column)}${line}`);
  const label = `  ${name}`;
  if (label.length > column - 2) return [wrapped(label), ...indented].join("\n");
  return [label.padEnd(column) + lines[0], ...indented.slice(1)].join("\n");
}

/** Paragraphs with empty lines between them. */
export function joined(paragraphs: readonly string[]): string {
  return paragraphs.filter((text) => text !== "").join("\n\n");
}

/** A text that stays in one line, unless it is long. */
function unbroken(text: string): string {
  return text.length <= MAX_UNBROKEN ? text.replaceAll(" ", NO_BREAK) : text;
}

/** A text in lines of at most this width. */
export function wrapped(text: string, width: number = WIDTH): string {
  const lines: string[] = [];
  for (const word of text.split(/(?<=\S) /)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join("\n").replaceAll(NO_BREAK, " ");
}
