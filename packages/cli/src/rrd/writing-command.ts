import type { ToolOptions } from "@rerun-ts/reading";
import type { FlagValues } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import { withPaths, type RrdPaths } from "./rrd-arguments.ts";
import type { OUTPUT, WRITING } from "./rrd-flags.ts";
import { writeOutput } from "./rrd-output.ts";
import { showingProgress, sourcesOf, writingOptions, type Sources } from "./rrd-sources.ts";

type Values = FlagValues<typeof OUTPUT & typeof WRITING> & { readonly positionals: readonly string[] };

/** Runs a command that writes one recording. @throws {UsageError} if that would show it on a terminal */
export async function writeRecording<Given extends Values>(
  values: Given,
  write: (sources: Sources, given: Given & RrdPaths, options: ToolOptions) => AsyncIterable<Uint8Array>,
): Promise<void> {
  const given = withPaths(values);
  const { output } = given;
  if (output === undefined && process.stdout.isTTY)
    throw new UsageError("a recording cannot be shown on a terminal: pass `-o FILE.rrd`");
  await showingProgress(given, (onProgress) =>
    writeOutput(output, write(sourcesOf(given), given, { ...writingOptions(given), onProgress })),
  );
}
