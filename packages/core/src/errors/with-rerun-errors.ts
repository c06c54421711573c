import { rethrow, toRerunError } from "./to-rerun-error.ts";

/**
 * Runs the asynchronous body of a public call. Rejects with a `RerunError`, with the code `INVALID_ARGUMENT` for a
 * `TypeError` or a `RangeError`.
 */
export function withRerunErrors<T>(run: () => Promise<T>): Promise<T> {
  return run().catch(rethrow);
}

/** Yields the same values as `values`, and fails as {@link withRerunErrors} does. */
export async function* yieldingRerunErrors<T>(values: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  try {
    yield* values;
  } catch (error) {
    throw toRerunError(error);
  }
}
