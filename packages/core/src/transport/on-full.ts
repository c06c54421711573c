import { describeValue } from "../describe-value.ts";

/** What becomes of messages that do not fit into a queue. */
export type OnFull = "block" | "drop-oldest" | "drop-newest" | "error";

const POLICIES: readonly OnFull[] = ["block", "drop-oldest", "drop-newest", "error"];

/** Checks a policy. @throws {TypeError} that names the option. */
export function checkOnFull(onFull: OnFull = "block"): OnFull {
  if (POLICIES.includes(onFull)) return onFull;
  throw new TypeError(`\`onFull\` must be one of ${POLICIES.join(", ")}, got ${describeValue(onFull)}`);
}
