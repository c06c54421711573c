import { RerunError } from "../errors.ts";
import { invalidArgument } from "../invalid-value-error.ts";
import type { FlushOptions } from "./recording-options.ts";

/** Checks the limits of a wait. @throws {RerunError} `INVALID_ARGUMENT` naming the one that is wrong */
export function checkLimits({ timeoutMs = 0, signal }: Pick<FlushOptions, "timeoutMs" | "signal">): void {
  if (!(typeof timeoutMs === "number" && timeoutMs >= 0)) throw wrong("timeoutMs", "a non-negative number", timeoutMs);
  if (signal !== undefined && typeof signal?.addEventListener !== "function")
    throw wrong("signal", "an `AbortSignal`", signal);
}

function wrong(argument: string, expected: string, value: unknown): RerunError {
  return new RerunError("INVALID_ARGUMENT", invalidArgument(argument, expected, value).message, { argument });
}
