import { writevSync } from "node:fs";

/** How long to sleep between attempts while a pipe is full. */
const PAUSE_MS = 1;

/**
 * Writes all pieces before it returns: at `position` of a file, or at the current position of a stream if it is
 * `undefined`. Blocks while a pipe is full, until `deadline` (a time of `performance.now`).
 *
 * @throws {Error} the error of the operating system, or `ETIMEDOUT` at the deadline
 */
export function writeFully(
  fd: number,
  pieces: readonly Uint8Array[],
  position?: number,
  deadline: number = Infinity,
): void {
  let rest = pieces.filter((piece) => piece.byteLength > 0);
  let at = position;
  while (rest.length > 0) {
    const written = tryWrite(fd, rest, at);
    if (written === 0 && performance.now() > deadline) throw new Error("ETIMEDOUT: the reader did not read in time");
    if (written === 0) pause();
    if (at !== undefined) at += written;
    rest = skip(rest, written);
  }
}

/** Writes once. Returns the number of bytes written: 0 if a pipe is full. */
function tryWrite(fd: number, pieces: readonly Uint8Array[], position: number | undefined): number {
  try {
    return writevSync(fd, pieces, position);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
    throw error;
  }
}

function skip(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  const rest: Uint8Array[] = [];
  for (const piece of pieces) {
    const skipped = Math.min(count, piece.byteLength);
    count -= skipped;
    if (skipped < piece.byteLength) rest.push(piece.subarray(skipped));
  }
  return rest;
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
