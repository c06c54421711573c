import type * as mcap from "@rerun-ts/arrow/mcap";
import { loadPart, type PartLoaders } from "../arrow-tools.ts";

export type { ExportMcapReport, McapCheckReport, McapDecoder, McapInfo, McapProblem } from "@rerun-ts/arrow/mcap";

/** Loads a part of the package that reads MCAP files. @throws {RerunError} `UNSUPPORTED` if it is missing */
export function loadMcapTool<Part>(load: (from: PartLoaders) => Promise<Part>): Promise<Part> {
  return loadPart("`rerun-ts mcap`", load);
}

/** Loads the conversion, and starts what decompresses the file meanwhile. */
export function loadConversion(path: string): Promise<Pick<typeof mcap, "convertMcap">> {
  return loadMcapTool(async (parts) => {
    await parts.prepareZstd(path);
    return parts.loadConvertMcap();
  });
}
