import { basename } from "node:path";
import type { McapProblem } from "@rerun-ts/mcap";
import type { ValuesOf } from "../command/command-table.ts";
import { checkMcapFile } from "../command/input-files.ts";
import { UsageError } from "../command/usage-error.ts";
import { checkOutput, writeOutput } from "../rrd/rrd-output.ts";
import type { CONVERT } from "./convert-table.ts";
import { reportProblems, showingProgress } from "./mcap-progress.ts";

/** Runs `rerun-ts mcap convert`. */
export async function convert(values: ValuesOf<typeof CONVERT>): Promise<void> {
  const {
    output,
    positionals: [path = ""],
  } = values;
  if (output === undefined && process.stdout.isTTY)
    throw new UsageError("a recording cannot be shown on a terminal: pass `-o FILE.rrd`");
  checkOutput(path, output);
  checkMcapFile(path);
  const problems: McapProblem[] = [];
  // The thread decompresses the first chunks while the rest is loaded.
  (await import("@rerun-ts/mcap/threads")).prepareZstd(path);
  const { convertMcap } = await import("./convert-mcap.ts");
  await showingProgress(path, (onProgress) =>
    writeOutput(
      output,
      convertMcap(path, {
        applicationId: values["application-id"] ?? applicationIdOf(path),
        recordingId: values["recording-id"],
        decoders: values.decoder,
        rawFallback: !values["disable-raw-fallback"],
        timelineType: values["timeline-type"],
        timeOffset: nanoseconds("--timestamp-offset-ns", values["timestamp-offset-ns"]),
        includeTopics: values["include-topic-regex"] ?? [],
        excludeTopics: values["exclude-topic-regex"] ?? [],
        startTime: parseMcapTime("--start-time", values["start-time"]),
        endTime: parseMcapTime("--end-time", values["end-time"]),
        onProgress,
        onProblem: (problem) => problems.push(problem),
      }),
    ),
  );
  reportProblems({ ...values, path }, problems);
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
