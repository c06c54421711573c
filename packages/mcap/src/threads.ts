// The entry point `@rerun-ts/mcap/threads`: an early start of the thread that decompresses. It is not part of the
// public API.
import { firstChunks } from "./file/first-chunks.ts";
import { prepareDecompressThread } from "./node/threads.ts";

/**
 * Starts the thread that decompresses zstd, if an MCAP file begins with zstd and there is a thread. It begins with the
 * first chunks while the rest is loaded.
 */
export function prepareZstd(path: string): void {
  prepareDecompressThread(path, firstChunks);
}
