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
  const end = performance.now() + timeoutMs;
  let furthest = progress();
  let stalledMs = 0;
  let checkedAt = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const nextCheck = (): Promise<false> =>
    new Promise((resolve) => {
      timer = setTimeout(() => resolve(false), POLL_MS);
    });
  const done = work.then(() => true);
  try {
    for (;;) {
      if (await Promise.race([done, nextCheck()])) return true;
      const now = performance.now();
      stalledMs += Math.min(now - checkedAt, MAX_POLL_MS);
      checkedAt = now;
      if (progress() > furthest) [furthest, stalledMs] = [progress(), 0];
      else if (stalledMs >= stallMs) return false;
      if (now >= end) return false;
    }
  } finally {
    clearTimeout(timer);
  }
}
