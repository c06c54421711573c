/** With longer delays, timers fire immediately. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Calls `callback` after a delay of any length. A delay of 24 days or more never passes. Returns an argument for
 * `clearTimeout`.
 *
 * @param start default: the `setTimeout` of this moment
 */
export function startTimer(
  callback: () => void,
  delayMs: number,
  start: typeof setTimeout = setTimeout,
): ReturnType<typeof setTimeout> | undefined {
  return delayMs > MAX_DELAY_MS ? undefined : start(callback, delayMs);
}
