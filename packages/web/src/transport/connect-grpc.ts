import type { RecordingStream } from "@rerun-ts/core";
import { connectSink, urlAndOptions, type ConnectOptions } from "@rerun-ts/core/internal";
import { GrpcSink, type GrpcSinkOptions } from "./grpc-sink.ts";

/** Options of {@link RecordingStream.connectGrpc}. */
export interface ConnectGrpcOptions extends GrpcSinkOptions, ConnectOptions {}

/** Implements `recording.connectGrpc`, whose first call loads this module. */
export function connectGrpc(
  recording: RecordingStream,
  url: string | URL | ConnectGrpcOptions | undefined,
  options: Omit<ConnectGrpcOptions, "url"> | undefined,
): Promise<void> {
  return connectSink(recording, urlAndOptions<ConnectGrpcOptions>(url, options), (known) => new GrpcSink(known));
}
