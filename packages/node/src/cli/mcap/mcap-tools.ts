import type * as mcap from "@rerun-ts/arrow/mcap";
import { RerunError } from "@rerun-ts/core";

export type { ExportMcapReport, McapCheckReport, McapDecoder, McapInfo, McapProblem } from "@rerun-ts/arrow/mcap";

/** Loads the package that reads MCAP files. @throws {RerunError} `UNSUPPORTED` if it is missing */
export async function loadMcapTools(): Promise<typeof mcap> {
  try {
    const { loadMcap } = await import("@rerun-ts/arrow/commands");
    return await loadMcap();
  } catch (error) {
    throw new RerunError("UNSUPPORTED", "`rerun-ts mcap` needs the package: npm install @rerun-ts/arrow", {
      cause: error,
    });
  }
}
