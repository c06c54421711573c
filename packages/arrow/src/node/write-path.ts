import { randomUUID } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";

/** Number of bytes that are written at once, at least. */
const BLOCK_BYTES = 1024 * 1024;

/**
 * Writes a file, which appears when it is complete: until then it has another name in the same folder. Rejects with
 * `IO_ERROR` if it cannot be written, or with the error of `bytes`.
 */
export async function writePath(path: string | URL, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const partial = `.${randomUUID()}.partial`;
  const own = path instanceof URL ? new URL(path.href + partial) : path + partial;
  const failing = async <T>(promise: Promise<T>): Promise<T> => {
    try {
      return await promise;
    } catch (error) {
      throw new RerunError("IO_ERROR", `cannot write ${String(path)}: ${messageOf(error)}`, { cause: error });
    }
  };
  const handle = await failing(open(own, "wx"));
  try {
    try {
      await writeBlocks(handle, bytes, failing);
    } finally {
      await handle.close();
    }
    await failing(rename(own, path));
  } catch (error) {
    await rm(own, { force: true });
    throw error;
  }
}

async function writeBlocks(
  handle: FileHandle,
  bytes: AsyncIterable<Uint8Array>,
  failing: <T>(promise: Promise<T>) => Promise<T>,
): Promise<void> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const write = async (): Promise<void> => {
    let rest = pieces;
    pieces = [];
    while (size > 0) {
      const { bytesWritten } = await failing(handle.writev(rest));
      size -= bytesWritten;
      rest = unwritten(rest, bytesWritten);
    }
  };
  for await (const piece of bytes) {
    pieces.push(piece);
    size += piece.byteLength;
    if (size >= BLOCK_BYTES) await write();
  }
  await write();
}

/** The rest of pieces of which some bytes are written. */
function unwritten(pieces: readonly Uint8Array[], written: number): Uint8Array[] {
  let skipped = written;
  const rest: Uint8Array[] = [];
  for (const piece of pieces) {
    if (skipped >= piece.byteLength) skipped -= piece.byteLength;
    else {
      rest.push(piece.subarray(skipped));
      skipped = 0;
    }
  }
  return rest;
}
