import { RerunError, type RecordingStream, type SetSinksOptions } from "@rerun-ts/core";
import { toOptions, type GrpcSinkOptions } from "./grpc-sink-options.ts";
import { GrpcSink } from "./grpc-sink.ts";

const KEEP_ALIVE_MS = 60_000;

/** Options of {@link RecordingStream.connectGrpc}. */
export interface ConnectGrpcOptions extends GrpcSinkOptions, SetSinksOptions {
  /** Settle when there is a connection, not at once. Default `false`. */
  waitForConnection?: boolean | undefined;
  /** The longest to wait for it, in milliseconds; no limit by default. */
  timeoutMs?: number | undefined;
  /** Gives up waiting when it fires; the sink goes on. */
  signal?: AbortSignal | undefined;
}

/** Lets a recording send to a server. Rejects with `TIMEOUT` or `ABORTED` if it was to wait. */
export async function connectGrpc(
  recording: RecordingStream,
  url: string | URL | ConnectGrpcOptions | undefined,
  options: Omit<ConnectGrpcOptions, "url"> | undefined,
): Promise<void> {
  const all = toOptions<ConnectGrpcOptions>(url, options);
  const { defaultBlueprint, waitForConnection = false, timeoutMs, signal, ...sinkOptions } = all;
  const sink = new GrpcSink(sinkOptions);
  await recording.setSink(sink, { defaultBlueprint });
  if (waitForConnection && recording.enabled) await untilOpen(recording, sink, timeoutMs, signal);
}

async function untilOpen(
  recording: RecordingStream,
  sink: GrpcSink,
  timeoutMs: number | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const stop = new AbortController();
  // A program that waits for this has something to do, though a worker does it.
  const keepAlive = setInterval(() => {}, KEEP_ALIVE_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        const { state, lastError } = sink.stats();
        if (state === "open") resolve();
        else if (state === "broken" || state === "closed")
          reject(lastError ?? new RerunError("CLOSED", "the sink is closed"));
      };
      const give = (code: "TIMEOUT" | "ABORTED", why: string): void =>
        reject(
          new RerunError(code, `there is no connection to ${sink.url}: ${why}`, { cause: sink.stats().lastError }),
        );
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
