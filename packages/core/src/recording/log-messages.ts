import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { internalsOf } from "./recording-internals.ts";

/**
 * Logs encoded messages of any stores. No other code may write to their memory. Returns whether the recording was open.
 * @param call the name of the function that logs, for a warning about a closed recording. Default: `logFileFromContents`
 */
export function logMessages(
  recording: object,
  messages: readonly EncodedMessage[],
  call = "logFileFromContents",
): boolean {
  const { log, dispatcher } = internalsOf(recording);
  if (log.refuses(call)) return false;
  log.batcher.flush();
  for (const message of messages) {
    if (message.kind === "chunk") dispatcher.chunks++;
    dispatcher.bytes += message.payload.byteLength;
  }
  dispatcher.sender.send(messages, false);
  return true;
}
