import { closeSync, openSync, readSync, statSync, type Stats } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { RerunError, isRerunError } from "@rerun-ts/core";
import { messageOf, didYouMean, suggestName } from "@rerun-ts/core/checks";
import { SHUTDOWN_SIGNALS } from "@rerun-ts/node/processes";

/** The error for a command line that is wrong: the program exits with code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Whether a command line is wrong. Unlike `instanceof`, this function recognises errors of other bundles, too. */
export function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && error.name === "UsageError";
}

/**
 * The output of `--help` for a command, or for `""` an overview: for a command of `rrd`, `mcap` or `catalog` its part
 * alone. Loaded when it is needed.
 */
export async function helpOf(command: string, part?: string): Promise<string> {
  const { HELP } = await import("../help.ts");
  const { helpOfPart } = await import("../help-of-part.ts");
  const help = HELP[command] ?? "";
  return (part === undefined ? undefined : helpOfPart(help, part)) ?? help;
}

/** Two exchanged letters. */
const MAX_SLIPS = 2;

/** The error for an unknown name, with the probably intended name. */
export function unknownName(kind: string, name: string, known: Iterable<string>): UsageError {
  return new UsageError(`unknown ${kind} ${didYouMean(name, suggestName(name, known, MAX_SLIPS))}`);
}

/** Parses the arguments of a command. @throws {UsageError} if an option is unknown or lacks its value */
export function parseCommand<Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: string[],
  options: Options,
): ReturnType<typeof parseArgs<{ args: string[]; allowPositionals: true; options: Options }>> {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    const message = messageOf(error);
    const misused = describeMisuse(message);
    if (misused !== undefined) throw new UsageError(misused, { cause: error });
    const unknown = /^Unknown option '(-[^' ]*)/.exec(message)?.[1];
    if (unknown === undefined) throw new UsageError(message.split(". ", 1)[0], { cause: error });
    throw unknownName(
      "option",
      unknown,
      Object.keys(options).map((name) => `--${name}`),
    );
  }
}

/** Problem with the value of a known option, from the message of `parseArgs`. */
function describeMisuse(message: string): string | undefined {
  const option = /^Option '(?:-\w, )?(--?[\w-]+)/.exec(message)?.[1];
  if (option === undefined) return undefined;
  if (message.includes("does not take an argument")) return `\`${option}\` takes no value`;
  const hint = message.includes("ambiguous") ? `; one with a dash is given as \`${option}=-…\`` : "";
  return `\`${option}\` requires a value${hint}`;
}

/** The first bytes of a kind of file. */
interface FileStart {
  readonly kind: string;
  readonly magic: string;
  /** The length of the header. */
  readonly headerBytes: number;
}

/** Also of old versions. */
const RECORDING: FileStart = { kind: "a Rerun recording", magic: "RRF", headerBytes: 12 };
const MCAP: FileStart = { kind: "an MCAP file", magic: "\x89MCAP", headerBytes: 8 };

/**
 * @throws {RerunError} `NOT_FOUND` or `IO_ERROR` if the file cannot be read, `INVALID_FORMAT` if it is no recording or
 * blueprint
 */
export function checkRecording(path: string): void {
  checkStart(path, RECORDING);
}

/**
 * Checks a path, which may be a URL.
 *
 * @throws {RerunError} `NOT_FOUND` or `IO_ERROR` if a file cannot be read, `INVALID_FORMAT` if it is no MCAP file
 */
export function checkMcapFile(path: string): void {
  if (!/^https?:/i.test(path)) checkStart(path, MCAP);
}

function checkStart(path: string, { kind, magic, headerBytes }: FileStart): void {
  const { stats, start } = readStart(path, magic.length);
  if (stats === undefined) throw new RerunError("NOT_FOUND", `cannot read ${path}: there is no such file`);
  if (stats.isDirectory()) throw new RerunError("IO_ERROR", `cannot read ${path}: it is a folder`);
  if (start === undefined) return;
  if (start !== magic) throw new RerunError("INVALID_FORMAT", `${path} is not ${kind} (it does not begin like one)`);
  if (stats.size < headerBytes) throw new RerunError("INVALID_FORMAT", `${path} is too short to be ${kind}`);
}

/** Facts about a file, and its first bytes. @throws {RerunError} `IO_ERROR` if it cannot be read */
function readStart(path: string, length: number): { stats?: Stats | undefined; start?: string | undefined } {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    // Reading from a pipe would consume its bytes.
    if (stats?.isFile() !== true) return { stats };
    const start = Buffer.alloc(length);
    const file = openSync(path, "r");
    try {
      readSync(file, start);
    } finally {
      closeSync(file);
    }
    return { stats, start: start.toString("latin1") };
  } catch (error) {
    throw new RerunError("IO_ERROR", `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * The value of a numeric option, or `undefined` if the option is absent.
 * @throws {UsageError} if the value is not a non-negative integer
 */
export function integerOf(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  throw new UsageError(`\`${flag}\` must be a non-negative integer, got ${JSON.stringify(value)}`);
}

/**
 * The value of an option that is a quantity, or `undefined` if the option is absent.
 * @throws {UsageError} if the value is not a non-negative number
 */
export function numberOf(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value)) return Number(value);
  throw new UsageError(`\`${flag}\` must be a non-negative number, got ${JSON.stringify(value)}`);
}

/**
 * Resolves on the first SIGINT (Ctrl-C), SIGTERM or SIGHUP (a closed terminal). As usual, a second signal ends the
 * process at once.
 */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of SHUTDOWN_SIGNALS) process.once(signal, () => resolve());
  });
}

/**
 * Whether the error is about an option of a function that the command calls. The command's own errors quote data and
 * files.
 */
export function isArgumentError(error: unknown): error is Error {
  if (error instanceof TypeError) return true;
  return isRerunError(error) && error.code === "INVALID_ARGUMENT" && error.cause instanceof TypeError;
}
