/**
 * The clock and the timers as they were when this module was loaded. Tests of programs replace them by ones that stand
 * still, and a wait with a limit must end nevertheless. They are bound: Bun's development server calls imported
 * functions as members of their module, which the timers of pages refuse.
 */
export const now: () => number = performance.now.bind(performance);
export const realTimeout: typeof setTimeout = setTimeout.bind(globalThis);
export const clearRealTimeout: typeof clearTimeout = clearTimeout.bind(globalThis);
