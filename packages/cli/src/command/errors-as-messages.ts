import { isError, messageOf } from "@rerun-ts/core/checks";

/** Replaces errors by their messages, for `JSON.stringify`. */
export function errorsAsMessages(_: string, value: unknown): unknown {
  return isError(value) ? messageOf(value) : value;
}
