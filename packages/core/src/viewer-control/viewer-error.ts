import { RerunError, type RerunErrorCode } from "../errors/rerun-error.ts";
import { GRPC_STATUS, errorCodeOf } from "../transport/grpc-status.ts";

/** Not reached: refused, unknown to the name service, or lost while the answer was awaited. */
const [UNAVAILABLE, UNIMPLEMENTED] = [14, 12];
const CODES: Readonly<Record<number, RerunErrorCode>> = {
  1: "CONNECTION",
  3: "INVALID_ARGUMENT",
  4: "TIMEOUT",
  5: "NOT_FOUND",
  9: "UNSUPPORTED",
  [UNIMPLEMENTED]: "UNSUPPORTED",
  [UNAVAILABLE]: "CONNECTION",
};

/** The error for a call that has ended with a gRPC status. */
export function viewerError(url: string, status: number, reason: string, cause: unknown): RerunError {
  if (status === UNIMPLEMENTED) {
    const advice = "there is a server without a viewer, or a viewer of a version before 0.38";
    return new RerunError("UNSUPPORTED", `no viewer can be controlled at ${url}: ${advice} (${reason})`, { cause });
  }
  const code = CODES[status] ?? (status === GRPC_STATUS.ok ? "SERVER" : errorCodeOf(status));
  const problem =
    code === "CONNECTION" ? `cannot connect to the viewer at ${url}` : `the viewer at ${url} rejected the call`;
  return new RerunError(code, `${problem}: ${reason}`, { cause });
}
