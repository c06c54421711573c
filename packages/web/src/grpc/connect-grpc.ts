import {
  GrpcWebSink,
  type GrpcWebSinkOptions,
  type RecordingStream,
  type SetSinksOptions,
  type WaitForConnectionOptions,
} from "@rerun-ts/core";
import { untilOpen } from "@rerun-ts/core/internal";

/** Options of {@link RecordingStream.connectGrpc}. */
export interface ConnectGrpcOptions extends GrpcWebSinkOptions, SetSinksOptions, WaitForConnectionOptions {}

/** Lets a recording send to a server. Rejects with `TIMEOUT` or `ABORTED` if it was to wait. */
export async function connectGrpc(
  recording: RecordingStream,
  url: string | URL | ConnectGrpcOptions | undefined,
  options: Omit<ConnectGrpcOptions, "url"> | undefined,
): Promise<void> {
  const all: ConnectGrpcOptions = typeof url === "object" && !(url instanceof URL) ? url : { ...options, url };
  const { defaultBlueprint, waitForConnection, timeoutMs, signal, ...sinkOptions } = all;
  const sink = new GrpcWebSink(sinkOptions);
  await recording.setSink(sink, { defaultBlueprint });
  await untilOpen(recording, sink, { waitForConnection, timeoutMs, signal });
}
