import { afterAll, beforeAll } from "vitest";

/** Enough frames to find the place. */
const FRAMES = 3;

/**
 * Lets errors have short stacks while the tests of a file run: the stacks of simulated faults take a sixth of the time
 * of ingest.
 */
export function shortenStacks(): void {
  const before = Error.stackTraceLimit;
  beforeAll(() => void (Error.stackTraceLimit = FRAMES));
  afterAll(() => void (Error.stackTraceLimit = before));
}
