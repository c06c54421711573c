import { brand, hasAnyBrand } from "@rerun-ts/core/checks";
import { RefusedError } from "@rerun-ts/core/transport";

const BRAND = "RejectedError";

/** The rejection of one request. Others may succeed. */
export class RejectedError extends RefusedError {
  static {
    brand(RejectedError.prototype, BRAND);
  }

  /** Whether an error is one of this class, also of another copy of the package. */
  static is(error: unknown): boolean {
    return hasAnyBrand(error, BRAND);
  }
}

/** The time in milliseconds that a server wants clients to wait, by the error for its answer. 0 without any. */
export function requestedWait(error: unknown): number {
  const { retryAfterMs } = error as { readonly retryAfterMs?: unknown };
  return typeof retryAfterMs === "number" ? retryAfterMs : 0;
}
