import { RerunError, type RerunErrorCode } from "../errors/rerun-error.ts";

/** An error in its form for `postMessage`. */
export interface SerializedError {
  readonly code: RerunErrorCode;
  readonly message: string;
  readonly argument: string | undefined;
}

/** The serialized form of an error. */
export function serializeError({ code, message, argument }: RerunError): SerializedError {
  return { code, message, argument };
}

/** The error for a serialized form, without the original cause and stack. */
export function deserializeError({ code, message, argument }: SerializedError): RerunError {
  return new RerunError(code, message, { argument });
}
