import { writev } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { RerunError } from "@rerun-ts/core";
import { messageOf, isUrl } from "@rerun-ts/core/checks";
import { replaceFile } from "./replace-file.ts";

/** Minimum number of bytes per write. */
const BLOCK_BYTES = 1024 * 1024;

const writePieces = promisify(writev);

/**
 * Writes a file under another name in the same folder, and renames it when it is complete. Symbolic links, devices and
 * the permissions of a file are preserved. Rejects with `IO_ERROR` if the file cannot be written, or with the error of
 * `bytes`.
 */
export async function writePath(path: string | URL, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  let failure: unknown;
  try {
    await replaceFile(isUrl(path) ? fileURLToPath(path) : path, (fd) =>
      writeBlocks(
        fd,
        failingWith(bytes, (error) => (failure = error)),
      ),
    );
  } catch (error) {
    if (failure !== undefined && error === failure) throw error;
    throw new RerunError("IO_ERROR", `cannot write ${String(path)}: ${messageOf(error)}`, { cause: error });
  }
}

/** Yields the same bytes. Distinguishes the errors of their source from those of writing. */
async function* failingWith(
  bytes: AsyncIterable<Uint8Array>,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* bytes;
  } catch (error) {
    onError(error);
    throw error;
  }
}

async function writeBlocks(fd: number, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const write = async (): Promise<void> => {
    let rest = pieces;
    pieces = [];
    while (size > 0) {
      const { bytesWritten } = await writePieces(fd, rest);
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
