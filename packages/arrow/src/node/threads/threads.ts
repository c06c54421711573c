import type { DecompressJob, WorkThread } from "../../source/work-thread.ts";
import { nativeZstd } from "../native-zstd.ts";
import { startThread } from "./node-thread.ts";

/** The least size of a file that is worth the start of a thread. */
const MIN_FILE_BYTES = 4 * 1024 * 1024;

export { copyShared } from "./copy-shared.ts";

let prepared: WorkThread<DecompressJob, void> | undefined;

/** Starts the thread of the next {@link openDecompressThread} early: that takes as long as loading a command. */
export function prepareDecompressThread(fileBytes: number): void {
  prepared ??= openDecompressThread(fileBytes);
}

/**
 * Starts a thread that decompresses the zstd of a file. `undefined` if there can be none, if it would not pay, or if
 * Node has threads for that itself.
 */
export function openDecompressThread(fileBytes: number): WorkThread<DecompressJob, void> | undefined {
  if (fileBytes < MIN_FILE_BYTES || nativeZstd !== undefined) return undefined;
  const thread = prepared ?? startThread("decompress-thread-entry.js");
  prepared = undefined;
  return thread;
}
