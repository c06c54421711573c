import type { RecordingStream } from "@rerun-ts/core";
import { checkOptions, type OptionNames } from "@rerun-ts/core/checks";
import { CONNECT_OPTIONS, connectSink, type ConnectOptions } from "@rerun-ts/core/recording";
import { GRPC_WEB_SINK_OPTIONS } from "@rerun-ts/core/transport";
import { GrpcSink, type GrpcSinkOptions } from "./grpc-sink.ts";

/** Options of {@link RecordingStream.connectGrpc}. */
export interface ConnectGrpcOptions extends GrpcSinkOptions, ConnectOptions {}

const OPTIONS: OptionNames<ConnectGrpcOptions> = { ...GRPC_WEB_SINK_OPTIONS, worker: 1, ...CONNECT_OPTIONS };

/** Implements `recording.connectGrpc`, whose first call loads this module. */
export function connectGrpc(
  recording: RecordingStream,
  url?: string | URL,
  options: ConnectGrpcOptions = {},
): Promise<void> {
  checkOptions("connectGrpc", options, OPTIONS);
  return connectSink(recording, options, (sinkOptions) => new GrpcSink(url, sinkOptions));
}
