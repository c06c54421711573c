/** Longer delays make timers fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Calls `callback` after a delay of any length: 24 days and more never pass. Returns what `clearTimeout` takes. */
export function startTimer(callback: () => void, delayMs: number): ReturnType<typeof setTimeout> | undefined {
  return delayMs > MAX_DELAY_MS ? undefined : setTimeout(callback, delayMs);
}
