import { describeValue } from "../describe-value.ts";
import { RerunError } from "../errors.ts";
import type { FlushOptions } from "./recording-options.ts";

/**
 * Waits for `work` within the limits. Returns whether it was done in time; rejects with what it rejects with,
 * or with `ABORTED`.
 */
export async function waitFor(work: Promise<void>, { timeoutMs, signal }: FlushOptions): Promise<boolean> {
  if (timeoutMs !== undefined && !(timeoutMs >= 0)) {
    throw new RerunError(
      "INVALID_ARGUMENT",
      `\`timeoutMs\` must be a number that is not negative, got ${describeValue(timeoutMs)}`,
      { argument: "timeoutMs" },
    );
  }
  const stop = new AbortController();
  const racers: Promise<boolean>[] = [work.then(() => true)];
  if (timeoutMs !== undefined && timeoutMs !== Infinity) racers.push(elapsed(timeoutMs, stop.signal));
  if (signal !== undefined) racers.push(aborted(signal, stop.signal));
  work.catch(() => {});
  try {
    return await Promise.race(racers);
  } finally {
    stop.abort();
  }
}

function elapsed(timeoutMs: number, stop: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    stop.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}

function aborted(signal: AbortSignal, stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void =>
      reject(new RerunError("ABORTED", "waiting was given up: the signal fired", { cause: signal.reason }));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true, signal: stop });
  });
}
