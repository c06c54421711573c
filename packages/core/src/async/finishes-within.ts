import { startTimer } from "./start-timer.ts";

/**
 * Waits for `work`, for some milliseconds at most. Returns whether the work finished in time. Rejects if `work` does.
 * The work continues in any case. Unlike `withDeadline`, the function uses the timers of the program.
 */
export async function finishesWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = startTimer(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
