import { writevSync } from "node:fs";

/** How long to sleep while a pipe is full, in milliseconds. */
const PAUSE_MS = 1;

/**
 * Writes all pieces before it returns, at `position` of a file or, without one, where the stream is. Waits while a
 * pipe is full, until `deadline` on the clock of `performance.now`. Throws what the system says.
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
    if (written === 0 && performance.now() > deadline) throw new Error("ETIMEDOUT: the reader took nothing in time");
    if (written === 0) pause();
    if (at !== undefined) at += written;
    rest = skip(rest, written);
  }
}

/** Returns how much was written: nothing if a pipe is full. */
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
