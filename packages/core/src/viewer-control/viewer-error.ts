import { RerunError, type RerunErrorCode } from "../errors/rerun-error.ts";
import { GRPC_STATUS, errorCodeOf } from "../transport/grpc-status.ts";

/** Not reached: refused, unknown to the name service, or lost while the answer was awaited. */
const [UNAVAILABLE, UNIMPLEMENTED] = [14, 12];
const CODES: Readonly<Record<number, RerunErrorCode>> = {
  1: "CONNECTION",
  3: "INVALID_ARGUMENT",
  4: "TIMEOUT",
  5: "NOT_FOUND",
  // Without an argument something must be on the screen.
  9: "INVALID_ARGUMENT",
  [UNIMPLEMENTED]: "UNSUPPORTED",
  [UNAVAILABLE]: "CONNECTION",
};

const NAMES = (
  "OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED " +
  "RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS " +
  "UNAUTHENTICATED"
).split(" ");

/** The number of a gRPC status by its name. Unknown names have the number of UNKNOWN. */
export function viewerStatus(name: string): number {
  return NAMES.includes(name) ? NAMES.indexOf(name) : NAMES.indexOf("UNKNOWN");
}

/** The error for a call with a failed gRPC status. @param viewer the name of the viewer in messages */
export function viewerError(viewer: string, status: number, reason: string, cause: unknown): RerunError {
  if (status === UNIMPLEMENTED) {
    const advice = "there is a server without a viewer, or a viewer of a version before 0.38";
    return new RerunError("UNSUPPORTED", `${viewer} cannot be controlled: ${advice} (${reason})`, { cause });
  }
  const code = CODES[status] ?? (status === GRPC_STATUS.ok ? "SERVER" : errorCodeOf(status));
  const problem = code === "CONNECTION" ? `cannot connect to ${viewer}` : `${viewer} rejected the call`;
  return new RerunError(code, `${problem}: ${reason}`, { cause });
}
