import { checkOptions, describeValue, type OptionNames } from "@rerun-ts/core/checks";

/** Options of `Query.subscribe`. */
export interface SubscribeOptions {
  /** The shortest time between two tables, in milliseconds. Default 100. */
  intervalMs?: number | undefined;
}

const KNOWN: OptionNames<SubscribeOptions> = { intervalMs: 1 };
const MAX_INTERVAL = 2 ** 31 - 1;

/** @throws {TypeError} if an option is wrong */
export function resolveInterval(options: SubscribeOptions): number {
  checkOptions("subscribe", options, KNOWN);
  const { intervalMs = 100 } = options;
  if (typeof intervalMs !== "number" || !(intervalMs >= 0 && intervalMs <= MAX_INTERVAL))
    throw new TypeError(`\`intervalMs\` must be a number from 0 to ${MAX_INTERVAL}, got ${describeValue(intervalMs)}`);
  return intervalMs;
}
