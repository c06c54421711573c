import { RerunError } from "../errors/rerun-error.ts";
import { clearRealTimeout, realTimeout } from "./real-clock.ts";
import { startTimer } from "./start-timer.ts";

export interface WaitLimits {
  /** In milliseconds. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Aborts the wait. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits for `work` within the limits and `graceMs` more. Returns whether the work finished in time. Rejects if `work`
 * does, or with `ABORTED`. The work continues in any case.
 */
export async function withDeadline(
  work: Promise<void>,
  { timeoutMs = Infinity, signal }: WaitLimits,
  graceMs = 0,
): Promise<boolean> {
  let release = (): void => {};
  const limit = new Promise<boolean>((resolve, reject) => {
    const timer = startTimer(() => resolve(false), timeoutMs + graceMs, realTimeout);
    const abort = (): void => reject(new RerunError("ABORTED", "aborted by `signal`", { cause: signal?.reason }));
    signal?.addEventListener("abort", abort);
    if (signal?.aborted === true) abort();
    release = () => {
      clearRealTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  });
  try {
    return await Promise.race([work.then(() => true), limit]);
  } finally {
    release();
  }
}
