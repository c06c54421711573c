import { invalidArgument } from "../checks/invalid-value-error.ts";
import { nonNegative } from "../checks/option-names.ts";
import type { FlushOptions } from "./recording-options.ts";
import { rethrow } from "../errors/to-rerun-error.ts";

/** Checks the limits of a wait. @throws {RerunError} `INVALID_ARGUMENT` naming the invalid limit */
export function checkLimits({ timeoutMs = 0, signal }: Pick<FlushOptions, "timeoutMs" | "signal">): void {
  try {
    nonNegative("timeoutMs", timeoutMs);
    if (signal !== undefined && typeof signal?.addEventListener !== "function")
      throw invalidArgument("signal", "an `AbortSignal`", signal);
  } catch (error) {
    rethrow(error);
  }
}
