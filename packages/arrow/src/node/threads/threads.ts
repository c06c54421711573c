import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { DecompressJob, StoredZstd, WorkThread } from "../../source/work-thread.ts";
import { nativeZstd } from "../native-zstd.ts";
import { BegunThread } from "./begun-thread.ts";
import { startThread } from "./node-thread.ts";

/** The least size of a file that is worth the start of a thread. */
const MIN_FILE_BYTES = 4 * 1024 * 1024;

export { copyShared } from "./copy-shared.ts";

let prepared: WorkThread<DecompressJob, void> | undefined;

/**
 * Starts the thread of the next {@link openDecompressThread} early, because that takes as long as loading a command. The
 * thread begins with the first parts of the file meanwhile.
 */
export function prepareDecompressThread(
  path: string,
  find: (read: (position: number, length: number) => Uint8Array) => readonly StoredZstd[],
): void {
  const file = openSync(path, "r");
  const thread = openDecompressThread(fstatSync(file).size);
  if (thread === undefined) return closeSync(file);
  const read = (position: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, position));
  };
  prepared = new BegunThread(thread, file, find(read));
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
