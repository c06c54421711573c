import { numberOf } from "./arguments.ts";

/** The flag of commands that bear problems for some time. */
export const UNHEALTHY_FLAGS = { "unhealthy-after": { type: "string" } } as const;

const DEFAULT_SECONDS = 30;

/**
 * The time after which a problem counts, in milliseconds.
 *
 * @param flag the value of `--unhealthy-after`, in seconds
 * @throws {UsageError} if it is wrong
 */
export function unhealthyAfterMs(flag: string | undefined): number {
  return 1000 * (numberOf("--unhealthy-after", flag) ?? DEFAULT_SECONDS);
}
