import { numberOf, UsageError } from "../command/arguments.ts";
import { STDIN, parseRrdArguments } from "./rrd-arguments.ts";
import { ALL, textOf } from "./print-command.ts";
import { print, writeOutput } from "./rrd-output.ts";
import { counted, showingOptions, sourceOf } from "./rrd-sources.ts";
import { compareRrd, printRrd } from "@rerun-ts/reading";

/** Number of differences that are printed. */
const MAX_DIFFERENCES = 20;

/** Runs `rerun-ts rrd compare`, which ends with 1 if the recordings differ. */
export async function compare(args: string[]): Promise<void> {
  const given = parseRrdArguments(args, {
    tolerance: { type: "string" },
    ignore: { type: "string", multiple: true },
    "ignore-timeline": { type: "string", multiple: true },
    ids: { type: "boolean" },
    chunks: { type: "boolean" },
    "full-dump": { type: "boolean" },
    // Flags of `rerun rrd compare` that change nothing, because this command always behaves this way.
    unordered: { type: "boolean" },
    "ignore-chunks-without-components": { type: "boolean" },
  });
  const [actual, expected, ...others] = given.paths;
  if (actual === undefined || expected === undefined || others.length > 0)
    throw new UsageError(
      `\`rrd compare\` requires exactly two files, of which one may be - for standard input, got ${given.paths.length}`,
    );
  if (given.has("full-dump")) {
    if (given.paths.includes(STDIN))
      throw new UsageError("`--full-dump` reads both files twice, so none can be standard input");
    for (const path of [actual, expected]) await writeOutput(undefined, dumpOf(printRrd(path, showingOptions(given))));
  }
  const report = await compareRrd(sourceOf(actual), sourceOf(expected), {
    tolerance: numberOf("--tolerance", given.text("tolerance")),
    ignore: ["log_time", ...given.texts("ignore"), ...given.texts("ignore-timeline")],
    ids: given.has("ids"),
    chunks: given.has("chunks"),
    maxDifferences: MAX_DIFFERENCES,
  });
  const { isEqual, numRows, numDifferences, differences } = report;
  if (!isEqual) process.exitCode = 1;
  if (given.has("json")) return print(JSON.stringify(report, jsonValue, 2));
  if (isEqual) return console.error(`${counted(numRows, "row")} compared, and no differences found.`);
  for (const { reason } of differences) console.error(`rerun-ts: ${reason}`);
  const left = numDifferences - differences.length;
  if (left > 0) console.error(`rerun-ts: and ${counted(left, "other difference")}`);
}

async function* dumpOf(messages: ReturnType<typeof printRrd>): AsyncGenerator<string> {
  for await (const message of messages) yield `${textOf(message, ALL)}\n`;
}

/** JSON has no bigints, and no bytes. */
function jsonValue(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}
