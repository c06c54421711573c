/** The error for a command line that is wrong: the program exits with code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * The value of a numeric option; `undefined` if it is not given.
 * @throws {UsageError} if it is not a non-negative integer
 */
export function integerOf(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  throw new UsageError(`\`${flag}\` must be a non-negative integer, got ${JSON.stringify(value)}`);
}

/** Resolves on the first SIGINT (Ctrl-C) or SIGTERM. A second signal ends the process at once, as by default. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
