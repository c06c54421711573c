import { basename, join } from "node:path";
import type { ValuesOf } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import { onlyPath, parseTime, STDIN, withPaths } from "./rrd-arguments.ts";
import { makeFolder, writeOutput } from "./rrd-output.ts";
import { sourceOf, writingOptions } from "./rrd-sources.ts";
import type { SPLIT } from "./split-table.ts";
import { splitRrd, type SplitPart } from "@rerun-ts/reading";

/** Runs `rerun-ts rrd split`, which writes a file for each part, with the names of `rerun rrd split`. */
export async function split(values: ValuesOf<typeof SPLIT>): Promise<void> {
  const given = withPaths(values);
  const { output, "output-dir": folder = output, timeline, time: times = [], "num-parts": num } = given;
  if (folder === undefined || timeline === undefined)
    throw new UsageError("`rrd split` requires `--timeline TIMELINE` and `-o FOLDER`");
  if (folder === STDIN)
    throw new UsageError("`rrd split` writes several files, so `-o` must be a folder, got - for standard output");
  const path = onlyPath(given, "split");
  if ((times.length === 0) === (num === undefined))
    throw new UsageError("`rrd split` requires exactly one of `--time` and `--num-parts`");
  const parts = splitRrd(sourceOf(path), {
    ...writingOptions(given),
    timeline,
    times: times.length > 0 ? times.map((text) => parseTime("--time", text)) : undefined,
    parts: num,
    recordingIdPrefix: given["recording-id"],
    dropUnusedTimelines: given["drop-unused-timelines"],
  });
  for await (const { from, to, timelineKind, bytes } of parts) {
    const range = `${timeName(from, timelineKind)}__${timeName(to, timelineKind)}`;
    // Not before, so that a wrong time or a damaged recording leaves no empty folder.
    await makeFolder(folder);
    const name = path === STDIN ? "stdin" : basename(path, ".rrd");
    const file = join(folder, `${name}_${range}.rrd`);
    await writeOutput(file, bytes);
    console.error(`Wrote ${file}`);
  }
}

const SECOND = 1_000_000_000n;
const UNITS: readonly (readonly [unit: string, nanoseconds: bigint])[] = [
  ["s", SECOND],
  ["ms", 1_000_000n],
  ["µs", 1000n],
  ["ns", 1n],
];

/** A time in the name of a file: `5`, `1_5s` or `2026-01-31T12_00_00Z`. */
function timeName(time: bigint, kind: SplitPart["timelineKind"]): string {
  const text = kind === "duration" ? durationText(time) : kind === "timestamp" ? dateText(time) : String(time);
  return text.replaceAll(/[.: ]/g, "_");
}

function durationText(time: bigint): string {
  const size = time < 0n ? -time : time;
  const [unit, length] = UNITS.find(([, nanoseconds]) => size >= nanoseconds) ?? ["ns", 1n];
  return `${time < 0n ? "-" : ""}${size / length}${fraction(size % length, String(length).length - 1)}${unit}`;
}

function dateText(time: bigint): string {
  const nanoseconds = ((time % SECOND) + SECOND) % SECOND;
  const seconds = new Date(Number((time - nanoseconds) / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}${fraction(nanoseconds, 9)}Z`;
}

function fraction(rest: bigint, digits: number): string {
  return rest === 0n ? "" : `.${String(rest).padStart(digits, "0").replace(/0+$/, "")}`;
}
