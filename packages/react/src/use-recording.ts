import { RecordingStream, type types } from "@rerun-ts/web";
import { useEffect, useState } from "react";
import { DeferredDisposal } from "./deferred-disposal.ts";

/** Options of {@link useRecording}. All but `recordingId` are read at the creation of the recording. */
export interface UseRecordingOptions extends types.RecordingOptions {
  /** Called once with each new recording, to set its sinks or to log static data. Default: none. */
  setup?: ((recording: RecordingStream) => void) | undefined;
}

/**
 * A recording of a component. It is created and closed with the component, and replaced after a change of
 * `applicationId` or `recordingId`. `undefined` until it has been created in an effect, and on servers. In strict mode
 * there is one recording too.
 *
 * @throws {TypeError} while effects run, if an argument is wrong
 * @example
 * const rec = useRecording("page", { setup: (recording) => void recording.connectGrpc() });
 */
export function useRecording(applicationId: string, options: UseRecordingOptions = {}): RecordingStream | undefined {
  const [lifetime] = useState(() => new DeferredDisposal<RecordingStream>(close));
  const [created, setCreated] = useState<{ readonly key: string; readonly recording: RecordingStream }>();
  const key = JSON.stringify([applicationId, options.recordingId]);
  useEffect(() => {
    setCreated({ key, recording: lifetime.acquire(key, () => create(applicationId, options)) });
    return () => lifetime.release();
    // Of the other options, only those of the first render with these ids count.
  }, [lifetime, key]);
  // A recording with other ids is about to be closed.
  return created?.key === key ? created.recording : undefined;
}

function create(applicationId: string, { setup, ...options }: UseRecordingOptions): RecordingStream {
  const recording = new RecordingStream(applicationId, options);
  try {
    setup?.(recording);
  } catch (error) {
    close(recording);
    throw error;
  }
  return recording;
}

/** Problems are events of the recording. */
function close(recording: RecordingStream): void {
  recording.close().catch(() => {});
}
