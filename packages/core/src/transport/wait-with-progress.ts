import { clearRealTimeout, now, realTimeout } from "../async/real-clock.ts";

/** Waiting ends after this long without progress, by default. */
const STALL_TIMEOUT_MS = 5000;
/** Interval at which progress is checked. */
const POLL_MS = 50;
/** The longest time between two checks that counts as waiting: a busy thread has not waited. */
const MAX_POLL_MS = 500;

/**
 * Waits for `work`, at most for `timeoutMs`, and at most for `stallMs` without an increase of `progress`. Returns
 * whether the work was done. Rejects if `work` does.
 */
export async function waitWithProgress(
  work: Promise<void>,
  progress: () => number,
  timeoutMs: number = Infinity,
  stallMs: number = STALL_TIMEOUT_MS,
): Promise<boolean> {
  const end = now() + timeoutMs;
  let furthest = progress();
  let stalledMs = 0;
  let checkedAt = now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const nextCheck = (): Promise<false> =>
    new Promise((resolve) => {
      timer = realTimeout(() => resolve(false), POLL_MS);
    });
  const done = work.then(() => true);
  try {
    for (;;) {
      if (await Promise.race([done, nextCheck()])) return true;
      const time = now();
      stalledMs += Math.min(time - checkedAt, MAX_POLL_MS);
      checkedAt = time;
      if (progress() > furthest) [furthest, stalledMs] = [progress(), 0];
      else if (stalledMs >= stallMs) return false;
      if (time >= end) return false;
    }
  } finally {
    clearRealTimeout(timer);
  }
}
