import type { RecordingStream } from "@rerun-ts/core";
import {
  CONNECT_OPTIONS,
  GRPC_WEB_SINK_OPTIONS,
  checkOptions,
  connectSink,
  type ConnectOptions,
  type OptionNames,
} from "@rerun-ts/core/internal";
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
