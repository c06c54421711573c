import { RerunError } from "@rerun-ts/core";
import { counted } from "@rerun-ts/core/util";
import { showStatus } from "../command/status-line.ts";
import { describeBytes } from "@rerun-ts/node/files";
import { STDIN, type RrdPaths } from "./rrd-arguments.ts";
import type { SourceDamage, SourceProgress, ToolOptions } from "@rerun-ts/reading";

/** Inputs of a command. */
export type Sources = readonly Source[];

/** A path, or the stream of standard input. */
type Source = string | AsyncIterable<Uint8Array>;

/** The values of a command that writes a recording. */
export interface WritingValues extends RrdPaths {
  /** Whether damaged data is left out. */
  readonly "continue-on-error": boolean;
}

/** The files of the arguments, or standard input. */
export function sourcesOf({ paths }: RrdPaths): Sources {
  return (paths.length > 0 ? paths : [STDIN]).map(sourceOf);
}

/** The source for a path, which may stand for standard input. */
export function sourceOf(path: string): Source {
  return path === STDIN ? (process.stdin as AsyncIterable<Uint8Array>) : path;
}

/** The options of a tool that shows all readable data and reports damage. */
export function showingOptions(given: RrdPaths): ToolOptions {
  return { continueOnError: true, onDamage: (damage) => reportDamage(given, [damage]) };
}

/** The options of a tool that writes a recording. Damage ends the tool, unless the arguments allow it. */
export function writingOptions(given: WritingValues): ToolOptions {
  return {
    continueOnError: true,
    onDamage(damage) {
      if (given["continue-on-error"]) return warnOf(given, [damage]);
      const { source, offset, lostBytes, reason } = damage;
      throw new RerunError(
        "INVALID_FORMAT",
        `${nameOf(given, source)} is damaged at byte ${offset} (${counted(lostBytes, "byte")}): ${reason}`,
      );
    },
  };
}

/** Prints warnings about omitted data. */
export function warnOf(given: RrdPaths, damage: readonly SourceDamage[]): void {
  for (const { source, offset, lostBytes, reason } of damage)
    console.error(
      `rerun-ts: ${nameOf(given, source)}: ${counted(lostBytes, "byte")} at ${offset} cannot be read: ${reason}`,
    );
}

/** Prints the data that is missing in the output of a command, which then exits with status 1. */
export function reportDamage(given: RrdPaths, damage: readonly SourceDamage[]): void {
  warnOf(given, damage);
  if (damage.length > 0) process.exitCode = 1;
}

/** The name of a source for messages. */
export function nameOf({ paths }: RrdPaths, source: number): string {
  const path = paths[source] ?? STDIN;
  return path === STDIN ? "standard input" : path;
}

/** Shows on a terminal how much was read. */
export async function showingProgress(
  given: RrdPaths,
  run: (onProgress: (progress: SourceProgress) => void) => Promise<void>,
): Promise<void> {
  let text = "";
  const stop = showStatus(() => text);
  try {
    await run(({ source, bytes, totalBytes }) => {
      text = `${nameOf(given, source)}: ${describeBytes(bytes)} of ${describeBytes(totalBytes)} read`;
    });
  } finally {
    stop();
  }
}
