import { checkOptions, yieldingRerunErrors } from "@rerun-ts/core/checks";
import { toolMessages } from "./tool-messages.ts";
import { TOOL_OPTIONS, type RrdSources, type SourceDamage, type ToolOptions } from "./tool-options.ts";
import { writeRrd } from "./write-rrd.ts";

/**
 * Merges recordings into one file with a new footer. Chunks stay as they are, and are written once.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if a source is wrong
 * @throws {RerunError} `INVALID_FORMAT` if a source is damaged, or the error of a source
 * @example
 * await writeFile("all.rrd", mergeRrd(["a.rrd", "b.rrd"]));
 */
export function mergeRrd(sources: RrdSources, options: ToolOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
  return writeRrd(merged(sources, options));
}

async function* merged(sources: RrdSources, options: ToolOptions): ReturnType<typeof toolMessages> {
  checkOptions("mergeRrd", options, TOOL_OPTIONS);
  yield* toolMessages(sources, options);
}

/** The result of {@link repairRrd}: the kept and the lost parts. */
export interface RepairReport {
  /** The number of undamaged chunks. */
  readonly chunks: number;
  /** The number of lost bytes. */
  readonly lostBytes: number;
  /** The places of the losses. */
  readonly damage: readonly SourceDamage[];
}

/** Options of {@link repairRrd}. */
export interface RepairOptions extends Pick<ToolOptions, "onProgress" | "signal"> {
  /** Called once, at the end. Default: nothing. */
  onReport?: ((report: RepairReport) => void) | undefined;
}

/**
 * Repairs a recording that is truncated, damaged, without a footer, or several ones in sequence. The result has every
 * whole message, in its order, and a new footer.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if the source is wrong
 * @throws {RerunError} `INVALID_FORMAT` if it does not begin as a recording, or the error of the source
 */
export function repairRrd(
  source: RrdSources,
  options: RepairOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  return yieldingRerunErrors(repair(source, options));
}

async function* repair(source: RrdSources, options: RepairOptions): AsyncGenerator<Uint8Array, void, undefined> {
  checkOptions("repairRrd", options, { signal: 1, onProgress: "function", onReport: "function" });
  const { signal, onProgress, onReport } = options;
  const damage: SourceDamage[] = [];
  let chunks = 0;
  async function* counted(): ReturnType<typeof toolMessages> {
    const onDamage = (found: SourceDamage): void => void damage.push(found);
    for await (const message of toolMessages(source, { signal, continueOnError: true, onDamage, onProgress })) {
      if (message.chunk !== undefined) chunks++;
      yield message;
    }
  }
  yield* writeRrd(counted());
  onReport?.({ chunks, lostBytes: damage.reduce((sum, { lostBytes }) => sum + lostBytes, 0), damage });
}
