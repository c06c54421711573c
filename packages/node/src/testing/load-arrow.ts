import type * as arrow from "@rerun-ts/arrow";
import { RerunError } from "@rerun-ts/core";

export type { CompareOptions, CompareReport } from "@rerun-ts/arrow";

/** Loads the package that reads recordings. @throws {RerunError} `UNSUPPORTED` if the package is missing */
export async function loadArrow(): Promise<typeof arrow> {
  try {
    return await import("@rerun-ts/arrow");
  } catch (cause) {
    throw new RerunError("UNSUPPORTED", "reading recordings needs a package: npm install --save-dev @rerun-ts/arrow", {
      cause,
    });
  }
}
