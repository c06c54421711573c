import { describeValue } from "../describe-value.ts";
import { RerunError } from "../errors.ts";
import type { FlushOptions } from "./recording-options.ts";

/** What is wrong with these limits; `undefined` if nothing is. */
export function checkLimits({ timeoutMs = 0, signal }: FlushOptions): RerunError | undefined {
  const isTime = typeof timeoutMs === "number" && timeoutMs >= 0;
  if (isTime && (signal === undefined || typeof signal?.addEventListener === "function")) return undefined;
  const [argument, expected, value] = isTime
    ? ["signal", "an `AbortSignal`", signal]
    : ["timeoutMs", "a non-negative number", timeoutMs];
  const message = `\`${argument}\` must be ${expected}, got ${describeValue(value)}`;
  return new RerunError("INVALID_ARGUMENT", message, { argument });
}
