import { RerunError } from "../errors/rerun-error.ts";
import { withDeadline } from "../async/with-deadline.ts";
import type { RecordingSink } from "../sink/sink.ts";
import type { RecordingStream } from "./recording-stream.ts";

const KEEP_ALIVE_MS = 60_000;

/** Whether and how long to wait for a connection. */
export interface WaitForConnectionOptions {
  /** Whether to settle only once there is a connection. Default `false`. */
  waitForConnection?: boolean | undefined;
  /** The longest wait for the connection, in milliseconds. Default: no limit. */
  timeoutMs?: number | undefined;
  /** Cancels the wait. The sink continues. */
  signal?: AbortSignal | undefined;
}

/**
 * Waits until a sink of the recording has its connection, if the options say so. Rejects with `TIMEOUT`, `ABORTED`, or
 * the reason why the server refuses the program, or the sink is broken.
 */
export async function waitForConnection(
  recording: RecordingStream,
  sink: RecordingSink,
  url: string,
  { waitForConnection: isWaiting = false, timeoutMs, signal }: WaitForConnectionOptions,
): Promise<void> {
  if (!isWaiting || !recording.enabled) return;
  const stop = new AbortController();
  // Keeps the process alive. The sink does not, because it may run in a worker.
  const keepAlive = setInterval(() => {}, KEEP_ALIVE_MS);
  try {
    const connecting = new Promise<void>((resolve, reject) => {
      const check = (): void => {
        const { state, lastError } = sink.stats();
        if (state === "open") resolve();
        // A person must change something first. The sink goes on asking.
        else if (lastError?.code === "AUTH" || lastError?.code === "UNSUPPORTED") reject(lastError);
        else if (state === "broken" || state === "closed")
          reject(lastError ?? new RerunError("CLOSED", "the sink is closed"));
      };
      recording.addEventListener("statechange", check, { signal: stop.signal });
      check();
    });
    const isAborted = (): boolean => signal?.aborted === true;
    const waiting = withDeadline(connecting, { timeoutMs, signal }).catch((error: unknown) => {
      if (!isAborted()) throw error;
    });
    if ((await waiting) === true) return;
    const { lastError: cause } = sink.stats();
    const reason = isAborted() ? "aborted by `signal`" : `timed out after ${timeoutMs} ms`;
    throw new RerunError(isAborted() ? "ABORTED" : "TIMEOUT", `cannot connect to ${url}: ${reason}`, { cause });
  } finally {
    clearInterval(keepAlive);
    stop.abort();
  }
}
