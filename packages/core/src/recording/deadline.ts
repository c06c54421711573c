import { describeValue } from "../describe-value.ts";
import { RerunError } from "../errors.ts";
import { startTimer } from "../start-timer.ts";
import type { FlushOptions } from "./recording-options.ts";

/** What is wrong with these limits; `undefined` if nothing is. */
export function checkLimits({ timeoutMs = 0, signal }: FlushOptions): RerunError | undefined {
  const isTime = typeof timeoutMs === "number" && timeoutMs >= 0;
  if (isTime && (signal === undefined || typeof signal?.addEventListener === "function")) return undefined;
  const [argument, expected, value] = isTime
    ? ["signal", "an `AbortSignal`", signal]
    : ["timeoutMs", "a non-negative number", timeoutMs];
  const message = `\`${argument}\` must be ${expected}, got ${describeValue(value)}`;
  return new RerunError("INVALID_ARGUMENT", message, { argument });
}

/**
 * Waits for `work` within the limits, and `graceMs` more. Returns whether it was done in time; rejects if `work` does, or
 * with `ABORTED`. The work goes on in any case.
 */
export async function withDeadline(
  work: Promise<void>,
  { timeoutMs = Infinity, signal }: FlushOptions,
  graceMs = 0,
): Promise<boolean> {
  let release = (): void => {};
  const limit = new Promise<boolean>((resolve, reject) => {
    const timer = startTimer(() => resolve(false), timeoutMs + graceMs);
    const abort = (): void => reject(new RerunError("ABORTED", "aborted by `signal`", { cause: signal?.reason }));
    signal?.addEventListener("abort", abort);
    if (signal?.aborted === true) abort();
    release = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  });
  const done = work.then(() => true);
  done.catch(() => {});
  try {
    return await Promise.race([done, limit]);
  } finally {
    release();
  }
}
