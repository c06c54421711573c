import { messageOf } from "@rerun-ts/core/checks";
import { GRPC_STATUS } from "@rerun-ts/core/transport";

/** The error for a message or a call that a relay rejects, with the gRPC status that the client receives. */
export class RelayError extends Error {
  readonly status: number;

  /** @param status a value of `GRPC_STATUS` */
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** The error for any thrown value, which is an internal error unless it is a `RelayError`. */
  static from(error: unknown): RelayError {
    if (error instanceof RelayError) return error;
    return new RelayError(GRPC_STATUS.internal, `internal error of the relay: ${messageOf(error)}`);
  }
}

/** The error for a client that may try again later. */
export function unavailableRelay(reason: string): RelayError {
  return new RelayError(GRPC_STATUS.unavailable, reason);
}
