import type { RerunErrorCode } from "../errors/rerun-error.ts";
import { CONTENT_TOO_LARGE, GRPC_STATUS } from "./grpc-status.ts";

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
  // Relays answer with these to a message that is damaged.
  GRPC_STATUS.internal,
  GRPC_STATUS.dataLoss,
]);

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

/** More than the first characters of a server's text helps nobody. */
export const MAX_TEXT = 300;

/** The status of a call and its `grpc-message`, which is percent-encoded unless something has changed it. */
export function describeStatus(status: number | string, message: string): string {
  let text = message;
  try {
    text = decodeURIComponent(message);
  } catch {
    // The text is shown as it is.
  }
  return text === "" ? `gRPC status ${status}` : `${text.slice(0, MAX_TEXT)} (gRPC status ${status})`;
}
