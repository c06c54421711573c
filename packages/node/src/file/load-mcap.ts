import type * as mcap from "@rerun-ts/arrow/mcap";
import { RerunError } from "@rerun-ts/core";

/**
 * Loads the reader of MCAP files, which most programs do not need.
 * @throws {RerunError} `UNSUPPORTED` if the package is missing
 */
export async function loadMcap(): Promise<typeof mcap> {
  try {
    return await import("@rerun-ts/arrow/mcap");
  } catch (cause) {
    throw new RerunError("UNSUPPORTED", "reading MCAP files needs the package: npm install @rerun-ts/arrow", { cause });
  }
}
