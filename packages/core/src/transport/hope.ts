/** How long something may go on without anything moving. */
const HOPE_MS = 5000;
/** How often that is looked at. */
const LOOK_MS = 50;
const LONGEST_LOOK_MS = 500;

/**
 * Waits for `work`, but not longer than `timeoutMs`, nor than a while in which `progress` has not got any further.
 * Returns whether it was done; rejects if `work` does.
 */
export async function whileThereIsHope(
  work: Promise<void>,
  progress: () => number,
  timeoutMs: number = Infinity,
): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  let furthest = progress();
  let waited = 0;
  let lookedAt = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): Promise<false> =>
    new Promise((resolve) => {
      timer = setTimeout(() => resolve(false), LOOK_MS);
    });
  const done = work.then(() => true);
  try {
    for (;;) {
      if (await Promise.race([done, look()])) return true;
      const now = performance.now();
      // A thread that was busy with something else has not waited all that time.
      waited += Math.min(now - lookedAt, LONGEST_LOOK_MS);
      lookedAt = now;
      if (progress() > furthest) [furthest, waited] = [progress(), 0];
      else if (waited >= HOPE_MS) return false;
      if (now >= end) return false;
    }
  } finally {
    clearTimeout(timer);
  }
}
