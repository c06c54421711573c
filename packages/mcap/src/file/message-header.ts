import type { RecordBlock } from "./record-block.ts";
import { RerunError } from "@rerun-ts/core";

/** The number of bytes before the data of a message: its channel, sequence number, log time and publish time. */
export const MESSAGE_HEADER = 22;
/** The position of the log time in a message. */
const LOG_TIME = 6;
/** The position of the publish time in a message. */
const PUBLISH_TIME = 14;

/** The id of the channel of a block's message. @throws {RerunError} `INVALID_FORMAT` if the message is incomplete */
export function channelIdOf({ view, start, end }: RecordBlock): number {
  if (end - start < MESSAGE_HEADER) throw new RerunError("INVALID_FORMAT", "a message ends before its data");
  return view.getUint16(start, true);
}

/** The position of the log time of a block's message. */
export function logTimeAt({ start }: RecordBlock): number {
  return start + LOG_TIME;
}

/** The position of the publish time of a block's message. */
export function publishTimeAt({ start }: RecordBlock): number {
  return start + PUBLISH_TIME;
}

/** The log time of a block's message. */
export function logTimeOf({ view, start }: RecordBlock): bigint {
  return view.getBigUint64(start + LOG_TIME, true);
}

/** The publish time of a block's message. */
export function publishTimeOf({ view, start }: RecordBlock): bigint {
  return view.getBigUint64(start + PUBLISH_TIME, true);
}
