import { writevSync } from "node:fs";

/** Time to try again without sleeping while a pipe is full: readers that keep up take less. */
const SPIN_MS = 0.5;
/** Time to sleep between attempts after that. */
const PAUSE_MS = 1;
/** Time without reads after which a pipe counts as stalled. */
const STALL_MS = 5000;

/** Options of waiting while a pipe is full. */
export interface PipeWait {
  /** Time to stop if a pipe is full, on the clock of `performance.now`. Default: never. */
  readonly deadline?: number | undefined;
  /** Called once if a pipe is full and its reader has read nothing for 5 seconds. */
  readonly onStalled?: (() => void) | undefined;
}

/**
 * Writes all pieces before it returns: at `position` of a file, or at the current position of a stream if it is
 * `undefined`. Blocks while a pipe is full.
 *
 * @throws {Error} the error of the operating system, or `ETIMEDOUT` at the deadline
 */
export function writeFully(
  fd: number,
  pieces: readonly Uint8Array[],
  position?: number,
  { deadline = Infinity, onStalled }: PipeWait = {},
): void {
  let rest = pieces.filter((piece) => piece.byteLength > 0);
  let at = position;
  let fullSince: number | undefined;
  let isStalled = false;
  while (rest.length > 0) {
    const written = tryWrite(fd, rest, at);
    if (written > 0) {
      if (at !== undefined) at += written;
      rest = skipBytes(rest, written);
      fullSince = undefined;
      continue;
    }
    const now = performance.now();
    if (now > deadline) throw new Error("ETIMEDOUT: the reader did not read in time");
    fullSince ??= now;
    if (!isStalled && now > fullSince + STALL_MS) {
      isStalled = true;
      onStalled?.();
    }
    if (now > fullSince + SPIN_MS) pause();
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

/** The pieces without their first bytes. */
export function skipBytes(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
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
