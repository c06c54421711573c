import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { internalsOf } from "./recording-internals.ts";

/**
 * Logs messages that are encoded already, of whatever stores, in memory that nobody else writes to.
 * @param call the name of the function that logs, for a warning about a closed recording. Default: `logFileFromContents`
 */
export function logMessages(
  recording: object,
  messages: readonly EncodedMessage[],
  call = "logFileFromContents",
): void {
  const { log, dispatcher } = internalsOf(recording);
  if (log.refuses(call)) return;
  log.batcher.flush();
  for (const message of messages) {
    if (message.kind === "chunk") dispatcher.chunks++;
    dispatcher.bytes += message.payload.byteLength;
  }
  dispatcher.sender.send(messages, false);
}
