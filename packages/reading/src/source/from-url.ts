import { checkOptions, withRerunErrors, invalidArgument, isUrl } from "@rerun-ts/core/checks";
import type { RandomAccess } from "./random-access.ts";
import type { FromUrlOptions } from "./read-ranges.ts";

/**
 * Reads from an HTTP server: only the required parts if it supports ranges, otherwise everything, into memory.
 *
 * @throws {RerunError} `CONNECTION` if the server cannot be reached, `NOT_FOUND` if it has no such file, `SERVER` if it
 * rejects a request, `INVALID_ARGUMENT` if an argument is wrong
 */
export function fromUrl(url: string | URL, options: FromUrlOptions = {}): Promise<RandomAccess> {
  return withRerunErrors(async () => {
    if (!(typeof url === "string" || isUrl(url))) throw invalidArgument("url", "a string or a `URL`", url);
    checkOptions("fromUrl", options, { headers: 1, fetch: "function", signal: 1 });
    // Loaded on demand, because pages that open files need no code for range requests.
    const { readRanges } = await import("./read-ranges.ts");
    return readRanges(url, options);
  });
}
