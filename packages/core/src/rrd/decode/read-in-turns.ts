import { eventLoopTurn } from "../../async/event-loop-turn.ts";
import type { EncodedMessage } from "../encode/encoded-message.ts";
import { decodeFile, messageEncoder, type ReadEncodedMessagesOptions } from "./encoded-messages.ts";

/** Number of bytes after which other events have their turn. */
const TURN_BYTES = 1024 * 1024;

/**
 * Reads a complete `.rrd` as `readEncodedMessages` does, with a turn of the event loop for each megabyte, so that
 * a program and a page stay responsive. `bytes` must not change meanwhile.
 *
 * @throws {RerunError} `INVALID_FORMAT` and `UNSUPPORTED` as `readEncodedMessages`
 */
export async function readEncodedMessagesInTurns(
  bytes: Uint8Array,
  options?: ReadEncodedMessagesOptions,
): Promise<EncodedMessage[]> {
  const encode = messageEncoder(options);
  const messages: EncodedMessage[] = [];
  let read = 0;
  for (const message of decodeFile(bytes)) {
    for (const encoded of encode(message)) {
      messages.push(encoded);
      read += encoded.payload.byteLength;
    }
    if (read < TURN_BYTES) continue;
    read = 0;
    await eventLoopTurn();
  }
  return messages;
}
