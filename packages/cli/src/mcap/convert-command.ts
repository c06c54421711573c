import { basename } from "node:path";
import type { McapDecoder, McapProblem } from "@rerun-ts/mcap";
import { checkMcapFile, UsageError } from "../command/arguments.ts";
import { checkOutput, writeOutput } from "../rrd/rrd-output.ts";
import { parseMcapArguments } from "./mcap-arguments.ts";
import { reportProblems, showingProgress } from "./mcap-progress.ts";

/** Runs `rerun-ts mcap convert`. */
export async function convert(args: string[]): Promise<void> {
  const given = parseMcapArguments("convert", args, {
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
  // The thread decompresses the first chunks while the rest is loaded.
  (await import("@rerun-ts/mcap/threads")).prepareZstd(given.path);
  const { convertMcap } = await import("./convert-mcap.ts");
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

/** The name of a file in the form of an application id, which Rerun accepts without a warning. */
function applicationIdOf(path: string): string {
  return (
    basename(path)
      .replace(/\.mcap$/i, "")
      .replaceAll(/[^\w-]+/g, "-") || "mcap"
  );
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
