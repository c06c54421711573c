import type * as arrow from "@rerun-ts/arrow";
import { RerunError } from "@rerun-ts/core";

/**
 * Loads the package that reads recordings and tables, which programs that only log do not need.
 *
 * @param user the option or kind of file that needs it, for messages
 * @throws {RerunError} `UNSUPPORTED` if the package is missing
 */
export async function loadArrow(user: string): Promise<typeof arrow> {
  try {
    return await import("@rerun-ts/arrow");
  } catch (cause) {
    throw new RerunError("UNSUPPORTED", `${user} needs the package: npm install @rerun-ts/arrow`, { cause });
  }
}
