import { basename, join } from "node:path";
import { integerOf, UsageError } from "../command/arguments.ts";
import { onlyPath, parseRrdArguments, parseTime, STDIN } from "./rrd-arguments.ts";
import { makeFolder, writeOutput } from "./rrd-output.ts";
import { sourceOf, writingOptions } from "./rrd-sources.ts";
import { splitRrd, type SplitPart } from "@rerun-ts/reading";

/** Runs `rerun-ts rrd split`, which writes a file for each part, with the names of `rerun rrd split`. */
export async function split(args: string[]): Promise<void> {
  const given = parseRrdArguments(args, {
    "output-dir": { type: "string", short: "o" },
    // The name of the flag in other commands.
    output: { type: "string" },
    timeline: { type: "string" },
    time: { type: "string", short: "t", multiple: true },
    "num-parts": { type: "string", short: "n" },
    "recording-id": { type: "string" },
    "drop-unused-timelines": { type: "boolean" },
  });
  const [folder, timeline] = [given.text("output-dir") ?? given.text("output"), given.text("timeline")];
  if (folder === undefined || timeline === undefined)
    throw new UsageError("`rrd split` requires `--timeline TIMELINE` and `-o FOLDER`");
  if (folder === STDIN)
    throw new UsageError("`rrd split` writes several files, so `-o` must be a folder, got - for standard output");
  const path = onlyPath(given, "split");
  const times = given.texts("time");
  const num = integerOf("--num-parts", given.text("num-parts"));
  if ((times.length === 0) === (num === undefined))
    throw new UsageError("exactly one of `--time` and `--num-parts` must be given");
  const parts = splitRrd(sourceOf(path), {
    ...writingOptions(given),
    timeline,
    times: times.length > 0 ? times.map((text) => parseTime("--time", text)) : undefined,
    parts: num,
    recordingIdPrefix: given.text("recording-id"),
    dropUnusedTimelines: given.has("drop-unused-timelines"),
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
