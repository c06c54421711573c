import type * as arrow from "@rerun-ts/arrow";
import { loadPart } from "../arrow-tools.ts";

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

/** Loads the package that reads recordings. @throws {RerunError} `UNSUPPORTED` if it is missing */
export function loadTools(): Promise<RrdTools> {
  return loadPart("`rerun-ts rrd`", (commands) => commands.loadArrow());
}
