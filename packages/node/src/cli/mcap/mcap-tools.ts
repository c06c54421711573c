import type * as mcap from "@rerun-ts/arrow/mcap";
import { loadPart } from "../arrow-tools.ts";

export type { ExportMcapReport, McapCheckReport, McapDecoder, McapInfo, McapProblem } from "@rerun-ts/arrow/mcap";

/** Loads the package that reads MCAP files. @throws {RerunError} `UNSUPPORTED` if it is missing */
export function loadMcapTools(): Promise<typeof mcap> {
  return loadPart("`rerun-ts mcap`", (commands) => commands.loadMcap());
}
