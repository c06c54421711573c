import { checkOptions, type OptionNames, invalidArgument } from "@rerun-ts/core/checks";

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
    throw invalidArgument("intervalMs", `a number from 0 to ${MAX_INTERVAL}`, intervalMs);
  return intervalMs;
}
