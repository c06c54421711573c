import { RerunError } from "../errors.ts";
import type { Sink } from "../sink/sink.ts";
import type { RecordingStream } from "./recording-stream.ts";

const KEEP_ALIVE_MS = 60_000;

/** How long to wait for a connection. */
export interface WaitForConnectionOptions {
  /** Settle when there is a connection, not at once. Default `false`. */
  waitForConnection?: boolean | undefined;
  /** The longest to wait for it, in milliseconds; no limit by default. */
  timeoutMs?: number | undefined;
  /** Gives up waiting when it fires; the sink goes on. */
  signal?: AbortSignal | undefined;
}

/** Waits, if that is wanted, until a sink of the recording has its connection. Rejects with `TIMEOUT`, `ABORTED` or why it is broken. */
export async function untilOpen(
  recording: RecordingStream,
  sink: Sink & { readonly url: string },
  { waitForConnection = false, timeoutMs, signal }: WaitForConnectionOptions,
): Promise<void> {
  if (!waitForConnection || !recording.enabled) return;
  const stop = new AbortController();
  // A program that waits for this has something to do, though a worker may do it.
  const keepAlive = setInterval(() => {}, KEEP_ALIVE_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        const { state, lastError } = sink.stats();
        if (state === "open") resolve();
        else if (state === "broken" || state === "closed")
          reject(lastError ?? new RerunError("CLOSED", "the sink is closed"));
      };
      const give = (code: "TIMEOUT" | "ABORTED", why: string): void => {
        const { lastError: cause } = sink.stats();
        reject(new RerunError(code, `there is no connection to ${sink.url}: ${why}`, { cause }));
      };
      recording.addEventListener("statechange", look, { signal: stop.signal });
      if (timeoutMs !== undefined) {
        const timer = setTimeout(() => give("TIMEOUT", `${timeoutMs} ms have passed`), timeoutMs);
        stop.signal.addEventListener("abort", () => clearTimeout(timer));
      }
      const abort = (): void => give("ABORTED", "the signal fired");
      if (signal?.aborted === true) abort();
      else signal?.addEventListener("abort", abort, { once: true, signal: stop.signal });
      look();
    });
  } finally {
    clearInterval(keepAlive);
    stop.abort();
  }
}
