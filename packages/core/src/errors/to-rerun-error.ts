import { RerunError } from "./rerun-error.ts";

/** Error for the user: wrong arguments have a separate code. */
export function toRerunError(error: unknown): RerunError {
  const isArgument = error instanceof TypeError || error instanceof RangeError;
  if (!isArgument) return RerunError.from(error);
  const { argument } = error as { readonly argument?: string };
  return new RerunError("INVALID_ARGUMENT", error.message, { cause: error, argument });
}

/** Rethrows an error that users may catch, as a {@link RerunError}. */
export function rethrow(error: unknown): never {
  throw toRerunError(error);
}
