import type { RerunErrorCode } from "../errors/rerun-error.ts";

/** The status codes of gRPC that are used here. Source: grpc.io, "Status codes and their use in gRPC". */
export const GRPC_STATUS = {
  ok: 0,
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
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

/**
 * The error code for a call that ended with `status`: `CONNECTION` if a repetition may succeed, `AUTH`, or `SERVER`.
 */
export function errorCodeOf(status: number): RerunErrorCode {
  if (RETRYABLE.has(status)) return "CONNECTION";
  const isAuth = status === GRPC_STATUS.permissionDenied || status === GRPC_STATUS.unauthenticated;
  return isAuth ? "AUTH" : "SERVER";
}

/** The HTTP status of a request that is too large for a server, or for a proxy in between. */
export const CONTENT_TOO_LARGE = 413;

/**
 * The error code for a response that is not gRPC. Such a response comes from an intermediary, for example a proxy whose
 * server is being replaced. The code is therefore `CONNECTION` for any status, unless the status concerns the token or
 * the size.
 */
export function errorCodeOfHttp(status: number): RerunErrorCode {
  if (status === 401 || status === 403) return "AUTH";
  return status === CONTENT_TOO_LARGE ? "SERVER" : "CONNECTION";
}

/** Whether a content type is a gRPC type. */
export function isGrpcType(contentType: string | null): boolean {
  return /^application\/grpc/i.test(contentType ?? "");
}
