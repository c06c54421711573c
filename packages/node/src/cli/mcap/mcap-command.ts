import { basename } from "node:path";
import {
  loadConversion,
  loadMcapTool,
  type ExportMcapReport,
  type McapDecoder,
  type McapProblem,
} from "./mcap-tools.ts";
import {
  checkMcapFile,
  checkRecording,
  helpOf,
  isArgumentError,
  parseCommand,
  unknownName,
  UsageError,
} from "../arguments.ts";
import { counted } from "../rrd/rrd-sources.ts";
import { checkOutput, print, writeOutput } from "../rrd/rrd-output.ts";
import type { Flags } from "../rrd/rrd-arguments.ts";
import { describeBytes, showStatus } from "../status-line.ts";
import { checkText, infoText } from "./mcap-text.ts";

type Command = (args: string[]) => Promise<void>;

const COMMANDS: Readonly<Record<string, Command>> = { convert, export: exportFile, info, check };

/** Runs `rerun-ts mcap COMMAND …`. @throws {UsageError} if the command or a flag is wrong */
export async function mcap([name, ...args]: string[]): Promise<void> {
  if (name === undefined) return print(await helpOf("mcap"));
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const commands = Object.keys(COMMANDS);
  if (command === undefined) {
    const known = commands.map((one) => `mcap ${one}`);
    throw new UsageError(`${unknownName("command", `mcap ${name}`, known).message}; there are: ${commands.join(", ")}`);
  }
  try {
    await command(args);
  } catch (error) {
    if (isArgumentError(error)) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function exportFile(args: string[]): Promise<void> {
  const given = parse("export", args, {
    output: { type: "string", short: "o" },
    timeline: { type: "string" },
    "recording-id": { type: "string" },
  });
  const output = given.text("output");
  if (output === undefined && process.stdout.isTTY)
    throw new UsageError("an MCAP file cannot be shown on a terminal: pass `-o FILE.mcap`");
  checkRecording(given.path);
  checkOutput(given.path, output);
  const { exportMcap } = await loadMcapTool((parts) => parts.loadExportMcap());
  const onReport = ({ messages, leftOut }: ExportMcapReport): void => {
    console.error(`rerun-ts: exported ${counted(messages, "message")}`);
    for (const [name, count] of Object.entries(leftOut))
      console.error(`rerun-ts: ${name} has no message: left out ${counted(count, "row")}`);
  };
  const options = { timeline: given.text("timeline"), recordingId: given.text("recording-id"), onReport };
  await writeOutput(output, exportMcap(given.path, options));
}

/** The arguments of a command. */
interface Given {
  readonly path: string;
  text(flag: string): string | undefined;
  texts(flag: string): readonly string[];
  has(flag: string): boolean;
}

function parse(command: string, args: string[], flags: Flags): Given {
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

async function convert(args: string[]): Promise<void> {
  const given = parse("convert", args, {
    output: { type: "string", short: "o" },
    "application-id": { type: "string" },
    "recording-id": { type: "string" },
    decoder: { type: "string", short: "d", multiple: true },
    "disable-raw-fallback": { type: "boolean" },
    "timeline-type": { type: "string" },
    "timestamp-offset-ns": { type: "string" },
    "include-topic-regex": { type: "string", short: "y", multiple: true },
    "exclude-topic-regex": { type: "string", short: "n", multiple: true },
    "start-time": { type: "string" },
    "end-time": { type: "string" },
  });
  const output = given.text("output");
  if (output === undefined && process.stdout.isTTY)
    throw new UsageError("a recording cannot be shown on a terminal: pass `-o FILE.rrd`");
  checkOutput(given.path, output);
  checkMcapFile(given.path);
  const problems: McapProblem[] = [];
  const decoders = given.texts("decoder") as readonly McapDecoder[];
  const { convertMcap } = await loadConversion(given.path);
  await showingProgress(given.path, (onProgress) =>
    writeOutput(
      output,
      convertMcap(given.path, {
        applicationId: given.text("application-id") ?? applicationIdOf(given.path),
        recordingId: given.text("recording-id"),
        decoders: decoders.length > 0 ? decoders : undefined,
        rawFallback: !given.has("disable-raw-fallback"),
        timelineType: given.text("timeline-type") as "timestamp" | "duration" | undefined,
        timeOffset: nanoseconds("--timestamp-offset-ns", given.text("timestamp-offset-ns")),
        includeTopics: given.texts("include-topic-regex"),
        excludeTopics: given.texts("exclude-topic-regex"),
        startTime: parseMcapTime("--start-time", given.text("start-time")),
        endTime: parseMcapTime("--end-time", given.text("end-time")),
        onProgress,
        onProblem: (problem) => problems.push(problem),
      }),
    ),
  );
  reportProblems(given, problems);
}

async function info(args: string[]): Promise<void> {
  const given = parse("info", args, { json: { type: "boolean" } });
  checkMcapFile(given.path);
  const { mcapInfo } = await loadMcapTool((parts) => parts.loadMcapInfo());
  await showingProgress(given.path, async (onProgress) => {
    const found = await mcapInfo(given.path, { onProgress });
    await print(given.has("json") ? toJson(found) : infoText(given.path, found));
    reportProblems(
      given,
      found.damage.map((reason) => ({
        topic: undefined,
        time: undefined,
        reason: `damaged at ${reason}`,
        messages: 0,
      })),
    );
  });
}

async function check(args: string[]): Promise<void> {
  const given = parse("check", args, { full: { type: "boolean" }, json: { type: "boolean" } });
  checkMcapFile(given.path);
  const { checkMcap } = await loadMcapTool((parts) => parts.loadCheckMcap());
  await showingProgress(given.path, async (onProgress) => {
    const report = await checkMcap(given.path, { full: given.has("full"), onProgress });
    await print(given.has("json") ? toJson(report) : checkText(given.path, report, given.has("full")));
    reportProblems(given, report.problems);
  });
}

/** The name of a file in the form of an application id, which Rerun accepts without a warning. */
function applicationIdOf(path: string): string {
  return (
    basename(path)
      .replace(/\.mcap$/i, "")
      .replaceAll(/[^\w-]+/g, "-") || "mcap"
  );
}

/** Prints the lost data. Without `--recover`, damage makes the command exit with status 1. */
function reportProblems(given: Given, problems: readonly McapProblem[]): void {
  for (const { topic, time, reason } of problems) {
    const where = [topic, time === undefined ? undefined : `log time ${time}`].filter((part) => part !== undefined);
    console.error(`rerun-ts: ${given.path}${where.map((part) => `, ${part}`).join("")}: ${reason}`);
  }
  const isDamaged = problems.some(({ topic }) => topic === undefined);
  if (isDamaged && !given.has("recover")) process.exitCode = 1;
}

function toJson(value: object): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? String(item) : item), 2);
}

function nanoseconds(flag: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (/^-?\d+$/.test(text)) return BigInt(text);
  throw new UsageError(`\`${flag}\` must be an integer, got ${JSON.stringify(text)}`);
}

const UNITS: Readonly<Record<string, number>> = { ns: 0, us: 3, ms: 6, s: 9 };

/** A time in nanoseconds since 1970: an integer, a number with a unit, or a date. */
function parseMcapTime(flag: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const [, whole, part = "", unit = "ns"] = /^(\d+)(?:\.(\d+))?(ns|us|ms|s)?$/.exec(text) ?? [];
  const digits = UNITS[unit] ?? 0;
  if (whole !== undefined && part.length <= digits) return BigInt(whole + part.padEnd(digits, "0"));
  const [, seconds, fraction = "", zone] =
    /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const time = seconds === undefined ? Number.NaN : Date.parse(`${seconds.replace(" ", "T")}${zone}`);
  if (!Number.isNaN(time)) return BigInt(time) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
  throw new UsageError(
    `\`${flag}\` must be nanoseconds, a number with ns, us, ms or s, or a date such as 2026-01-31T12:00:00Z, ` +
      `got ${JSON.stringify(text)}`,
  );
}

async function showingProgress(
  path: string,
  run: (onProgress: (progress: { bytes: number; totalBytes: number }) => void) => Promise<void>,
): Promise<void> {
  let text = "";
  const stop = showStatus(() => text);
  try {
    await run(({ bytes, totalBytes }) => {
      text = `${path}: ${describeBytes(bytes)} of ${describeBytes(totalBytes)} read`;
    });
  } finally {
    stop();
  }
}
