/**
 * The clock and the timers as they were when this module was loaded. Tests of programs replace them by ones that stand
 * still, and a wait with a limit must end nevertheless.
 */
export const now: () => number = performance.now.bind(performance);
export const realTimeout: typeof setTimeout = setTimeout;
export const clearRealTimeout: typeof clearTimeout = clearTimeout;
