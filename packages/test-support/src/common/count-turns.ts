import { eventLoopTurn } from "@rerun-ts/core/util";

/** Counts the turns that other events have during a call. */
export async function countTurns(run: () => Promise<unknown>): Promise<number> {
  const over = new AbortController();
  let turns = 0;
  const counted = (async () => {
    while (!over.signal.aborted) {
      await eventLoopTurn();
      turns++;
    }
  })();
  try {
    await run();
  } finally {
    over.abort();
    await counted;
  }
  return turns;
}
