import { RerunError } from "../errors.ts";
import type { Reporter } from "./reporter.ts";

/** Reports a failure at once, and rethrows it: a program that ends now would not see the rejection of a promise. */
export function reportingErrors<T>(reporter: Reporter, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const failure = toRerunError(error);
    reporter.error(failure);
    throw failure;
  }
}

/** A promise that need not be awaited: its failure is an `error` event, and never an unhandled rejection. */
export function reported<T>(reporter: Reporter, promise: Promise<T>): Promise<T> {
  const result = promise.catch((error: unknown) => {
    throw toRerunError(error);
  });
  result.catch((error: RerunError) => reporter.error(error));
  return result;
}

/** What a user may catch: wrong arguments have a code of their own. */
export function toRerunError(error: unknown): RerunError {
  const isArgument = error instanceof TypeError || error instanceof RangeError;
  return RerunError.from(error, isArgument ? "INVALID_ARGUMENT" : "INTERNAL");
}
