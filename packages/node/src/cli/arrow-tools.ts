import type * as commands from "@rerun-ts/arrow/commands";
import { RerunError } from "@rerun-ts/core";

/** Functions that load parts of the package. */
export type PartLoaders = typeof commands;

/**
 * Loads a part of the package that reads recordings, which programs that log do not need.
 *
 * @param user the command that needs it, for messages
 * @throws {RerunError} `UNSUPPORTED` if the package is missing
 */
export async function loadPart<Part>(user: string, load: (from: PartLoaders) => Promise<Part>): Promise<Part> {
  try {
    return await load(await import("@rerun-ts/arrow/commands"));
  } catch (cause) {
    throw new RerunError("UNSUPPORTED", `${user} needs the package: npm install @rerun-ts/arrow`, { cause });
  }
}
