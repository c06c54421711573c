import { RerunError, type EncodedMessage, type RecordingStream } from "@rerun-ts/core";
import { checkRecording, isUint8Array } from "@rerun-ts/core/checks";
import { internalsOf, logMessages } from "@rerun-ts/core/recording";
import { serializeError, type SerializedError } from "@rerun-ts/core/transport";
import type { FromPort, JoinReply, ToPort } from "./port-protocol.ts";

/** Posted by a joined worker: requests a flush of the recording, including all messages of this worker. */
export interface JoinedFlush {
  readonly type: "flush";
  readonly id: number;
  readonly ack: boolean;
}

/** The reply to a {@link JoinedFlush}. */
export interface JoinedFlushReply {
  readonly type: "flushed";
  readonly id: number;
  /** Whether the recording's sinks have flushed in time. */
  readonly complete: boolean;
  /** Reason why a sink could not. */
  readonly error: SerializedError | undefined;
}

/**
 * Lets a worker log to a recording of this thread. Post the returned port to the worker, and pass it to `joinRecording`
 * there. Each worker needs a separate port, and there may be any number.
 *
 * Workers encode and compress their data. This thread only passes it on to the sinks. The rows of one thread arrive in
 * order.
 *
 * @throws {TypeError} if `recording` is not a recording
 * @example
 * const port = rr.shareRecording(rec);
 * worker.postMessage({ port }, [port]);
 */
export function shareRecording(recording: RecordingStream): MessagePort {
  checkRecording(recording, "stats");
  const { port1, port2 } = new MessageChannel();
  let total = 0;
  const post = (message: FromPort | JoinReply | JoinedFlushReply): void => port1.postMessage(message);
  port1.addEventListener("message", ({ data }: MessageEvent<ToPort | JoinedFlush | null | undefined>) => {
    if (data?.type === "messages" && areEncoded(data.messages)) {
      if (recording.state === "closed") return post({ type: "failure", error: serializeError(closed(recording)) });
      // Omits the store info, because the recording has opened its store itself.
      logMessages(
        recording,
        data.messages.filter(({ kind }) => kind !== "storeInfo"),
      );
      total = (total + data.messages.length) | 0;
      post({ type: "acknowledged", total });
    } else if (data?.type === "flush") void flush(recording, data).then(post);
    else if (data?.type === "ping") post({ type: "pong" });
    else if (data?.type === "finish" || data?.type === "abort") port1.close();
    else
      internalsOf(recording).notice(
        "a message to the port of `shareRecording` is ignored: only `joinRecording` may post to it",
      );
  });
  port1.start();
  const { applicationId, recordingId } = recording;
  post({ type: "joined", applicationId, recordingId });
  return port2;
}

/** Whether messages have the parts that sinks rely on. Any code of a worker may post to the port. */
function areEncoded(messages: readonly (EncodedMessage | null | undefined)[]): boolean {
  return (
    Array.isArray(messages) &&
    messages.every(
      (message) => isUint8Array(message?.payload) && message !== null && message !== undefined && "storeId" in message,
    )
  );
}

/** The error for rows that a worker logs after its page has closed the recording. */
function closed({ applicationId }: RecordingStream): RerunError {
  return new RerunError("CLOSED", `the page has closed the recording \`${applicationId}\` that this worker has joined`);
}

async function flush(recording: RecordingStream, { id, ack }: JoinedFlush): Promise<JoinedFlushReply> {
  try {
    const { complete } = await recording.flush({ ack });
    return { type: "flushed", id, complete, error: undefined };
  } catch (error) {
    return { type: "flushed", id, complete: false, error: serializeError(RerunError.from(error)) };
  }
}
