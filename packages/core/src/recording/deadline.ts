import { RerunError } from "../errors.ts";
import { invalidArgument } from "../invalid-value-error.ts";
import type { FlushOptions } from "./recording-options.ts";

/** Problem with these limits; `undefined` if there is none. */
export function checkLimits({ timeoutMs = 0, signal }: FlushOptions): RerunError | undefined {
  const isTime = typeof timeoutMs === "number" && timeoutMs >= 0;
  if (isTime && (signal === undefined || typeof signal?.addEventListener === "function")) return undefined;
  const [argument, { message }] = isTime
    ? ["signal", invalidArgument("signal", "an `AbortSignal`", signal)]
    : ["timeoutMs", invalidArgument("timeoutMs", "a non-negative number", timeoutMs)];
  return new RerunError("INVALID_ARGUMENT", message, { argument });
}
