import type { RecordBlock } from "./record-block.ts";
import { RerunError } from "@rerun-ts/core";

/** The number of bytes before the data of a message: its channel, sequence number, log time and publish time. */
export const MESSAGE_HEADER = 22;

/** The id of the channel of a block's message. @throws {RerunError} `INVALID_FORMAT` if the message is incomplete */
export function channelIdOf({ view, start, end }: RecordBlock): number {
  if (end - start < MESSAGE_HEADER) throw new RerunError("INVALID_FORMAT", "a message ends before its data");
  return view.getUint16(start, true);
}

/** The log time of a block's message. */
export function logTimeOf({ view, start }: RecordBlock): bigint {
  return view.getBigUint64(start + 6, true);
}

/** The publish time of a block's message. */
export function publishTimeOf({ view, start }: RecordBlock): bigint {
  return view.getBigUint64(start + 14, true);
}
