import type { DecompressJob, WorkThread } from "@rerun-ts/reading/source";
import { startThread } from "@rerun-ts/reading/threads";
import { beginThread, type FindParts } from "./begun-thread.ts";
import { nativeZstd } from "./native-zstd.ts";

/** The least size of a file that is worth the start of a thread. */
const MIN_FILE_BYTES = 4 * 1024 * 1024;

export { copyShared } from "@rerun-ts/reading/threads";

let prepared: WorkThread<DecompressJob, void> | undefined;

/**
 * Starts the thread of the next {@link openDecompressThread} early, because that takes as long as loading a command.
 * Meanwhile the thread begins with parts of the file.
 *
 * @param find finds the parts
 */
export function prepareDecompressThread(path: string, find: FindParts): void {
  prepared = beginThread(path, openDecompressThread, find);
}

/**
 * Starts a thread that decompresses the zstd of a file. `undefined` if there can be none, if it would not pay, or if
 * Node has threads for that itself.
 */
export function openDecompressThread(fileBytes: number): WorkThread<DecompressJob, void> | undefined {
  if (fileBytes < MIN_FILE_BYTES || nativeZstd !== undefined) return undefined;
  const thread = prepared ?? startThread("decompress-thread-entry.js", import.meta.url);
  prepared = undefined;
  return thread;
}
