import type { ToolOptions } from "@rerun-ts/reading";
import { UsageError } from "../command/arguments.ts";
import { OUTPUT, parseRrdArguments, type Flags, type RrdArguments } from "./rrd-arguments.ts";
import { writeOutput } from "./rrd-output.ts";
import { showingProgress, sourcesOf, writingOptions, type Sources } from "./rrd-sources.ts";

/** Writes a recording from others. */
export type Writer = (sources: Sources, given: RrdArguments, options: ToolOptions) => AsyncIterable<Uint8Array>;

/** A command that writes one recording. */
export function writing(flags: Flags, write: Writer): (args: string[]) => Promise<void> {
  return async (args) => {
    const given = parseRrdArguments(args, { ...OUTPUT, ...flags });
    const output = given.text("output");
    if (output === undefined && process.stdout.isTTY)
      throw new UsageError("a recording cannot be shown on a terminal: pass `-o FILE.rrd`");
    await showingProgress(given, (onProgress) =>
      writeOutput(output, write(sourcesOf(given), given, { ...writingOptions(given), onProgress })),
    );
  };
}
