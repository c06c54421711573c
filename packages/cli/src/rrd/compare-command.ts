import { counted } from "@rerun-ts/core/util";
import type { ValuesOf } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import type { COMPARE } from "./compare-table.ts";
import { STDIN, withPaths } from "./rrd-arguments.ts";
import { ALL, textOf } from "./print-command.ts";
import { print, writeOutput } from "./rrd-output.ts";
import { showingOptions, sourceOf } from "./rrd-sources.ts";
import { compareRrd, printRrd } from "@rerun-ts/reading";

/** Number of differences that are printed. */
const MAX_DIFFERENCES = 20;

/** Runs `rerun-ts rrd compare`, which ends with 1 if the recordings differ. */
export async function compare(values: ValuesOf<typeof COMPARE>): Promise<void> {
  const given = withPaths(values);
  const [actual, expected, ...others] = given.paths;
  if (actual === undefined || expected === undefined || others.length > 0)
    throw new UsageError(
      `\`rrd compare\` requires exactly two files, of which one may be - for standard input, got ${given.paths.length}`,
    );
  if (given["full-dump"]) {
    if (given.paths.includes(STDIN))
      throw new UsageError("`--full-dump` reads both files twice, so none can be standard input");
    for (const path of [actual, expected]) await writeOutput(undefined, dumpOf(printRrd(path, showingOptions(given))));
  }
  const report = await compareRrd(sourceOf(actual), sourceOf(expected), {
    tolerance: given.tolerance,
    ignore: ["log_time", ...(given.ignore ?? []), ...(given["ignore-timeline"] ?? [])],
    ids: given.ids,
    chunks: given.chunks,
    maxDifferences: MAX_DIFFERENCES,
  });
  const { isEqual, numRows, numDifferences, differences } = report;
  if (!isEqual) process.exitCode = 1;
  if (given.json) return print(JSON.stringify(report, jsonValue, 2));
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
