import { describeValue } from "../describe-value.ts";
import { RerunError } from "../errors.ts";
import { startTimer } from "../start-timer.ts";
import type { FlushOptions } from "./recording-options.ts";

/**
 * Waits for `work` within the limits. Returns whether it was done in time; rejects if `work` does, or with `ABORTED`. The
 * work goes on in any case.
 */
export async function withDeadline(
  work: Promise<void>,
  { timeoutMs = Infinity, signal }: FlushOptions,
): Promise<boolean> {
  if (!(timeoutMs >= 0)) {
    const message = `\`timeoutMs\` must be a non-negative number, got ${describeValue(timeoutMs)}`;
    throw new RerunError("INVALID_ARGUMENT", message, { argument: "timeoutMs" });
  }
  let release = (): void => {};
  const limit = new Promise<boolean>((resolve, reject) => {
    const timer = startTimer(() => resolve(false), timeoutMs);
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
