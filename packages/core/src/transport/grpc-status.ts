import type { RerunErrorCode } from "../errors/rerun-error.ts";

/** The status codes of gRPC. Source: grpc.io, "Status codes and their use in gRPC". */
export const GRPC_STATUS = {
  ok: 0,
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** Statuses after which a repetition of the same call may succeed. */
const RETRYABLE: ReadonlySet<number> = new Set([
  GRPC_STATUS.cancelled,
  GRPC_STATUS.deadlineExceeded,
  GRPC_STATUS.aborted,
  GRPC_STATUS.unavailable,
]);
const OF_ACCESS: ReadonlySet<number> = new Set([GRPC_STATUS.permissionDenied, GRPC_STATUS.unauthenticated]);
const NOT_OFFERED: ReadonlySet<number> = new Set([
  GRPC_STATUS.notFound,
  GRPC_STATUS.failedPrecondition,
  GRPC_STATUS.unimplemented,
]);
const OF_DATA: ReadonlySet<number> = new Set([
  GRPC_STATUS.invalidArgument,
  GRPC_STATUS.alreadyExists,
  GRPC_STATUS.resourceExhausted,
  GRPC_STATUS.outOfRange,
]);

/**
 * The error code for a call that ended with `status`: `CONNECTION` if a repetition may succeed, `AUTH`, `UNSUPPORTED`,
 * or `SERVER`.
 */
export function errorCodeOf(status: number): RerunErrorCode {
  if (RETRYABLE.has(status)) return "CONNECTION";
  if (OF_ACCESS.has(status)) return "AUTH";
  return status === GRPC_STATUS.unimplemented ? "UNSUPPORTED" : "SERVER";
}

/**
 * The error code for data that was refused with `status`, which decides what becomes of the data: see `Attempts`.
 * `CONNECTION` if time may mend it, `AUTH` or `UNSUPPORTED` if a person must change something, and `SERVER` if the data
 * itself may be at fault.
 */
export function refusalCodeOf(status: number): RerunErrorCode {
  if (OF_ACCESS.has(status)) return "AUTH";
  if (NOT_OFFERED.has(status)) return "UNSUPPORTED";
  return OF_DATA.has(status) ? "SERVER" : "CONNECTION";
}

/** The HTTP status of a request that is too large for a server, or for a proxy in between. */
export const CONTENT_TOO_LARGE = 413;

const HTTP_MOMENTARY: ReadonlySet<number> = new Set([408, 409, 412, 423, 425, 429]);
const HTTP_OF_ACCESS: ReadonlySet<number> = new Set([401, 403, 407]);
const HTTP_OF_DATA: ReadonlySet<number> = new Set([400, CONTENT_TOO_LARGE, 422, 431]);
const HTTP_NOT_OFFERED: ReadonlySet<number> = new Set([501, 505]);

/** The error code for data that was refused with a status of HTTP, as for {@link refusalCodeOf}. */
export function refusalCodeOfHttp(status: number): RerunErrorCode {
  if (HTTP_OF_ACCESS.has(status)) return "AUTH";
  if (HTTP_OF_DATA.has(status)) return "SERVER";
  if (HTTP_NOT_OFFERED.has(status)) return "UNSUPPORTED";
  return status >= 400 && status < 500 && !HTTP_MOMENTARY.has(status) ? "UNSUPPORTED" : "CONNECTION";
}

/** Whether a content type is a gRPC type. */
export function isGrpcType(contentType: string | null): boolean {
  return /^application\/grpc/i.test(contentType ?? "");
}

/** The status of a call and its `grpc-message`, which is percent-encoded unless something has changed it. */
export function describeStatus(status: number | string, message: string): string {
  let text = message;
  try {
    text = decodeURIComponent(message);
  } catch {
    // The text is shown as it is.
  }
  return text === "" ? `gRPC status ${status}` : `${text} (gRPC status ${status})`;
}
