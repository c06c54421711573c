import type { GrpcWebSinkOptions, RecordingStream } from "@rerun-ts/core";
import { connectSink, urlAndOptions, type ConnectOptions } from "@rerun-ts/core/internal";
import { GrpcSink } from "./grpc-sink.ts";

/** Options of {@link RecordingStream.connectGrpc}. */
export interface ConnectGrpcOptions extends GrpcWebSinkOptions, ConnectOptions {}

/** Implements `recording.connectGrpc`, whose first call loads this module. */
export function connectGrpc(
  recording: RecordingStream,
  url: string | URL | ConnectGrpcOptions | undefined,
  options: Omit<ConnectGrpcOptions, "url"> | undefined,
): Promise<void> {
  return connectSink(recording, urlAndOptions<ConnectGrpcOptions>(url, options), (known) => new GrpcSink(known));
}
