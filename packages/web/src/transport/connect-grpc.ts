import type { RecordingStream } from "@rerun-ts/core";
import {
  CONNECT_OPTIONS,
  GRPC_WEB_SINK_OPTIONS,
  checkOptions,
  connectSink,
  urlAndOptions,
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
  url: string | URL | ConnectGrpcOptions | undefined,
  options: Omit<ConnectGrpcOptions, "url"> | undefined,
): Promise<void> {
  const all = urlAndOptions<ConnectGrpcOptions>(url, options);
  checkOptions("connectGrpc", all, OPTIONS);
  return connectSink(recording, all, (sinkOptions) => new GrpcSink(sinkOptions));
}
