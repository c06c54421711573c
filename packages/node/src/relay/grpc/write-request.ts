import { GRPC_STATUS, ProtobufError, forEachField, readField, type ProtobufField } from "@rerun-ts/core/transport";
import { RelayError } from "../relay-error.ts";

/** The size of the prefix of gRPC: a flag and the length. */
export const PREFIX_BYTES = 5;

/** The position of the `LogMsg` in a request. */
export interface LogMsgPosition {
  readonly start: number;
  readonly end: number;
  /** Whether the request contains nothing else. */
  readonly isAlone: boolean;
}

/**
 * Finds the `LogMsg` in the `WriteMessagesRequest` between `start` and `end`.
 * @throws {RelayError} if the message is missing, or the request is malformed
 */
export function findLogMsg(bytes: Buffer, start: number, end: number): LogMsgPosition {
  return rejectingMalformed(() => {
    const field: ProtobufField = { number: 0, wireType: 0, start, end: start };
    let [foundStart, foundEnd, count] = [-1, -1, 0];
    for (let at = start; at < end; at = field.end) {
      readField(bytes, at, end, field);
      count++;
      if (field.number === 1 && field.wireType === 2) [foundStart, foundEnd] = [field.start, field.end];
    }
    if (foundStart >= 0) return { start: foundStart, end: foundEnd, isAlone: count === 1 };
    throw new RelayError(GRPC_STATUS.invalidArgument, "missing `log_msg` in `WriteMessagesRequest`");
  });
}

/** Checks that a `WriteTableRequest` has both of its fields. @throws {RelayError} if one is missing */
export function checkTableRequest(bytes: Buffer): void {
  const missing = new Map([
    [1, "id"],
    [2, "data"],
  ]);
  rejectingMalformed(() => forEachField(bytes, 0, bytes.length, ({ number }) => missing.delete(number)));
  for (const name of missing.values())
    throw new RelayError(GRPC_STATUS.invalidArgument, `missing \`${name}\` in \`WriteTableRequest\``);
}

/** Reads protobuf, and converts the error for malformed bytes. @throws {RelayError} with the status `internal` */
export function rejectingMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtobufError) throw new RelayError(GRPC_STATUS.internal, error.message);
    throw error;
  }
}
