import type * as arrow from "@rerun-ts/arrow";
import { loadPart, type PartLoaders } from "../arrow-tools.ts";

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
  return loadTool((parts) => parts.loadArrow());
}

/** Loads a part of the package that reads recordings. @throws {RerunError} `UNSUPPORTED` if the package is missing */
export function loadTool<Part>(load: (from: PartLoaders) => Promise<Part>): Promise<Part> {
  return loadPart("`rerun-ts rrd`", load);
}
