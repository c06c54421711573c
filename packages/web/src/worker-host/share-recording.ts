import type { RecordingStream } from "@rerun-ts/core";
import { internalsOf } from "@rerun-ts/core/internal";
import type { FromPort, JoinReply, ToPort } from "./host-protocol.ts";

/**
 * Lets a worker log to a recording of this thread: post the returned port to the worker, and pass it to `joinRecording`
 * there. Each worker needs a port of its own; there may be any number.
 *
 * Workers encode and compress what they log; this thread only passes it on to the sinks. The rows of one thread arrive
 * in order.
 *
 * @example
 * const port = rr.shareRecording(rec);
 * worker.postMessage({ port }, [port]);
 */
export function shareRecording(recording: RecordingStream): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const post = (message: FromPort | JoinReply): void => port1.postMessage(message);
  port1.addEventListener("message", ({ data }: MessageEvent<ToPort>) => {
    if (data.type === "messages") {
      // The recording has opened its store itself.
      internalsOf(recording).sendMessages(data.messages.filter(({ kind }) => kind !== "storeInfo"));
      post({ type: "acknowledged", count: data.messages.length });
    } else if (data.type === "ping") post({ type: "pong" });
    else if (data.type === "finish" || data.type === "abort") port1.close();
  });
  port1.start();
  const { applicationId, recordingId } = recording;
  post({ type: "joined", applicationId, recordingId });
  return port2;
}
