// The way of messages from the recordings of an example, in its page or in its workers, to the viewer beside it.
import type { EncodedMessage } from "@rerun-ts/core";

type Receiver = (message: EncodedMessage) => void;

let receiver: Receiver | undefined;
const channels = new Map<string, BroadcastChannel>();

/** Makes a function the receiver of all messages of the page, and of its workers' recordings that share its ids. */
export function receiveMessages(receive: Receiver): void {
  receiver = receive;
}

/**
 * Delivers a message of a recording to the receiver in this thread, or else to the page that has that recording too.
 */
export function deliver(message: EncodedMessage, recordingId: string): void {
  // The encoder uses its memory again.
  const copy = { ...message, payload: message.payload.slice() };
  if (receiver !== undefined) receiver(copy);
  else channelOf(recordingId).postMessage(copy);
}

/**
 * Lets the page receive the messages that workers log to a recording with this id. Does nothing within a worker, which
 * has no receiver.
 */
export function receiveFromWorkers(recordingId: string): void {
  if (receiver === undefined || channels.has(recordingId)) return;
  channelOf(recordingId).addEventListener("message", ({ data }: MessageEvent<EncodedMessage>) => receiver?.(data));
}

function channelOf(recordingId: string): BroadcastChannel {
  const channel = channels.get(recordingId) ?? new BroadcastChannel(`recording ${recordingId}`);
  channels.set(recordingId, channel);
  return channel;
}
