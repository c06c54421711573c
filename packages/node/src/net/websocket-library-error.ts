import type { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { loadError } from "./load-error.ts";

/** The error for a package `ws` that cannot be loaded, with what the program can do about it. */
export function websocketLibraryError(error: unknown): RerunError {
  const remedy =
    error instanceof Error && error.name === "NotCapable"
      ? "run Deno with `--allow-env`, which the package `ws` needs"
      : "in a bundle, leave the package `ws` external, or define `require` by `createRequire(import.meta.url)`";
  return loadError(`cannot load WebSockets: ${messageOf(error)}; ${remedy}`, error);
}

/** Whether code that needs the package `ws` could not be loaded because of it. */
export function isWebsocketLibraryError(error: unknown): boolean {
  return error instanceof Error && (error.name === "NotCapable" || error.message.startsWith("Dynamic require of "));
}
