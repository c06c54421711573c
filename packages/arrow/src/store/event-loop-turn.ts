import { checkAborted } from "../source/collect.ts";

/** Resolves after one turn of the event loop, in which a page can draw and a program can respond. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    // Timers of pages wait at least 4 ms.
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
}

/** The same in a call with a signal, which may be aborted meanwhile. */
export async function turnOf(signal: AbortSignal | undefined): Promise<void> {
  await eventLoopTurn();
  checkAborted(signal);
}

/** The number of small chunks, or of rows of a table, that take some milliseconds. */
const TURN_WORK = 256;

/** Counts work, and tells when it is time for a turn of the event loop. By number, because clocks make tests random. */
export class TurnCounter {
  #done = 0;

  /** Counts work. Whether to wait for a turn before the rest. */
  isDue(work = 1): boolean {
    this.#done += work;
    if (this.#done < TURN_WORK) return false;
    this.#done = 0;
    return true;
  }
}
