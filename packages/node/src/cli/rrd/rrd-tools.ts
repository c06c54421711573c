import type * as arrow from "@rerun-ts/arrow";
import { RerunError } from "@rerun-ts/core";

/** The package that reads recordings. */
export type RrdTools = typeof arrow;

export type {
  BatchSource,
  BlueprintCodeOptions,
  OptimizeOptions,
  PlainRow,
  PlainValue,
  PrintedMessage,
  QueryOptions,
  RrdSizes,
  RrdStats,
  SourceDamage,
  SourceProgress,
  SplitPart,
  ToolOptions,
} from "@rerun-ts/arrow";

/**
 * Loads the package that reads recordings, which programs that log do not need.
 * @throws {RerunError} if the package is missing
 */
export async function loadTools(): Promise<RrdTools> {
  try {
    const { loadArrow } = await import("@rerun-ts/arrow/commands");
    return await loadArrow();
  } catch (error) {
    throw new RerunError("UNSUPPORTED", "`rerun-ts rrd` needs the package: npm install @rerun-ts/arrow", {
      cause: error,
    });
  }
}
