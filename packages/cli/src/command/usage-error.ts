import { isRerunError } from "@rerun-ts/core";
import { didYouMean, suggestName } from "@rerun-ts/core/checks";

/** The error for a command line that is wrong: the program exits with code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Whether a command line is wrong. */
export function isUsageError(error: unknown): error is UsageError {
  return error instanceof UsageError;
}

/** Two exchanged letters. */
const MAX_SLIPS = 2;

/** The error for an unknown name, with the probably intended name. */
export function unknownName(kind: string, name: string, known: Iterable<string>): UsageError {
  return new UsageError(`unknown ${kind} ${didYouMean(name, suggestName(name, known, MAX_SLIPS))}`);
}

/**
 * Whether the error is about an option of a function that the command calls. The command's own errors quote data and
 * files.
 */
export function isArgumentError(error: unknown): error is Error {
  if (error instanceof TypeError) return true;
  return isRerunError(error) && error.code === "INVALID_ARGUMENT" && error.cause instanceof TypeError;
}
