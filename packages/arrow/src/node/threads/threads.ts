import type { DecompressJob, WorkThread } from "../../source/work-thread.ts";
import { startThread } from "./node-thread.ts";

let prepared: WorkThread<DecompressJob, void> | undefined;

/** Starts the thread of the next {@link openDecompressThread} early: that takes as long as loading a command. */
export function prepareDecompressThread(): void {
  prepared ??= openDecompressThread();
}

/** Starts a thread that decompresses zstd. `undefined` if there can be none. */
export function openDecompressThread(): WorkThread<DecompressJob, void> | undefined {
  const thread = prepared ?? startThread("decompress-thread-entry.js");
  prepared = undefined;
  return thread;
}
