/** A command line that is not as it must be. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
