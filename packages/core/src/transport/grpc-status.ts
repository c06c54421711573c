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
  dataLoss: 15,
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
 * The error code for a call that ended with `status`: `CONNECTION` if a repetition may succeed, `AUTH`, `UNSUPPORTED`,
 * or `SERVER`.
 */
export function errorCodeOf(status: number): RerunErrorCode {
  if (RETRYABLE.has(status)) return "CONNECTION";
  if (status === GRPC_STATUS.permissionDenied || status === GRPC_STATUS.unauthenticated) return "AUTH";
  return status === GRPC_STATUS.unimplemented ? "UNSUPPORTED" : "SERVER";
}

/** The HTTP status of a request that is too large for a server, or for a proxy in between. */
export const CONTENT_TOO_LARGE = 413;

/** Whether a content type is a gRPC type. */
export function isGrpcType(contentType: string | null): boolean {
  return /^application\/grpc/i.test(contentType ?? "");
}
