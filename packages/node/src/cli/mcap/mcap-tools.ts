import { closeSync, openSync, readSync, statSync } from "node:fs";
import type * as mcap from "@rerun-ts/arrow/mcap";
import { loadPart, type PartLoaders } from "../arrow-tools.ts";

export type { ExportMcapReport, McapCheckReport, McapDecoder, McapInfo, McapProblem } from "@rerun-ts/arrow/mcap";

/** The bytes at the beginning of a file that name the compression of its first chunk, if any. */
const BEGINNING = 4096;

/** Loads a part of the package that reads MCAP files. @throws {RerunError} `UNSUPPORTED` if it is missing */
export function loadMcapTool<Part>(load: (from: PartLoaders) => Promise<Part>): Promise<Part> {
  return loadPart("`rerun-ts mcap`", load);
}

/** Loads the conversion, and starts what decompresses the file meanwhile. */
export function loadConversion(path: string): Promise<Pick<typeof mcap, "convertMcap">> {
  const hasZstd = beginsWithZstd(path);
  return loadMcapTool(async (parts) => {
    if (hasZstd) await parts.prepareZstd(path);
    return parts.loadConvertMcap();
  });
}

/** Whether a file begins with a chunk that is compressed by zstd. */
function beginsWithZstd(path: string): boolean {
  // Reading from a pipe would consume its bytes.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(BEGINNING);
    readSync(file, bytes, 0, BEGINNING, 0);
    return bytes.includes("\u0004\0\0\0zstd", 0, "latin1");
  } finally {
    closeSync(file);
  }
}
