import { checkOptions, withRerunErrors } from "@rerun-ts/core/internal";
import type { RandomAccess } from "./random-access.ts";
import type { FromUrlOptions } from "./read-ranges.ts";

/**
 * Reads from an HTTP server, only the parts that are needed if it supports ranges; otherwise everything, into memory.
 * @throws {RerunError} `CONNECTION` if the server cannot be reached, `SERVER` if it rejects a request
 */
export function fromUrl(url: string | URL, options: FromUrlOptions = {}): Promise<RandomAccess> {
  return withRerunErrors(async () => {
    checkOptions("fromUrl", options, { headers: 1, fetch: "function", signal: 1 });
    // Pages that open files need not load what asks servers for ranges.
    const { readRanges } = await import("./read-ranges.ts");
    return readRanges(url, options);
  });
}
