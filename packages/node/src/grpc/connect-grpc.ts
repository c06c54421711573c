import type { RecordingStream, SetSinksOptions, WaitForConnectionOptions } from "@rerun-ts/core";
import { untilOpen } from "@rerun-ts/core/internal";
import { toOptions, type GrpcSinkOptions } from "../delivery/sink-options.ts";
import { GrpcSink } from "./grpc-sink.ts";

/** Options of {@link RecordingStream.connectGrpc}. */
export interface ConnectGrpcOptions extends GrpcSinkOptions, SetSinksOptions, WaitForConnectionOptions {}

/** Lets a recording send to a server. Rejects with `TIMEOUT` or `ABORTED` if it was to wait. */
export async function connectGrpc(
  recording: RecordingStream,
  url: string | URL | ConnectGrpcOptions | undefined,
  options: Omit<ConnectGrpcOptions, "url"> | undefined,
): Promise<void> {
  const all = toOptions<ConnectGrpcOptions>(url, options);
  const { defaultBlueprint, waitForConnection, timeoutMs, signal, ...sinkOptions } = all;
  const sink = new GrpcSink(sinkOptions);
  await recording.setSink(sink, { defaultBlueprint });
  await untilOpen(recording, sink, { waitForConnection, timeoutMs, signal });
}
