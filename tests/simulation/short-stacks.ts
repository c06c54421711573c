import { afterAll, beforeAll } from "vitest";

/** Enough frames to find the place. */
const FRAMES = 3;

/**
 * Lets errors have short stacks while the tests of a file run. Simulated faults make millions of errors, and Node takes
 * more time for their stacks than for the rest.
 */
export function shortenStacks(): void {
  const before = Error.stackTraceLimit;
  beforeAll(() => void (Error.stackTraceLimit = FRAMES));
  afterAll(() => void (Error.stackTraceLimit = before));
}
