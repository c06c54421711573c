import { checkAborted, eventLoopTurn } from "@rerun-ts/core/util";

/** Waits for a turn of the event loop in a call with a signal, which may be aborted meanwhile. */
export async function turnOf(signal: AbortSignal | undefined): Promise<void> {
  await eventLoopTurn();
  checkAborted(signal);
}

/** The number of small chunks, or of rows of a table, that take some milliseconds. */
const TURN_WORK = 256;
/** The bytes that take about as long as a small chunk. */
const CHUNK_BYTES = 8 * 1024;
/** The cells of a column that take about as long as a small chunk. */
const CHUNK_CELLS = 512;

/** Counts work, and tells when it is time for a turn of the event loop. By number, because clocks make tests random. */
export class TurnCounter {
  #done = 0;

  /** Counts chunks or rows, and their bytes. Whether to wait for a turn before the rest. */
  isDue(work = 1, bytes = 0): boolean {
    this.#done += work + bytes / CHUNK_BYTES;
    if (this.#done < TURN_WORK) return false;
    this.#done = 0;
    return true;
  }

  /** Counts cells of a column, and their bytes, and waits for a turn if it is time for one. */
  async cells(count: number, bytes: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.isDue(count / CHUNK_CELLS, bytes)) await turnOf(signal);
  }
}
