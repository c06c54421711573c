/** With longer delays, timers fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Calls `callback` after a delay of any length. A delay of 24 days or more never passes. Returns an argument for
 * `clearTimeout`.
 */
export function startTimer(callback: () => void, delayMs: number): ReturnType<typeof setTimeout> | undefined {
  return delayMs > MAX_DELAY_MS ? undefined : setTimeout(callback, delayMs);
}
