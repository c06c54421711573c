import type { RecordingStream } from "@rerun-ts/core";
import { checkOptions, type OptionNames } from "@rerun-ts/core/checks";
import { CONNECT_OPTIONS, connectSink, type ConnectOptions } from "@rerun-ts/core/recording";
import { WEBSOCKET_SINK_OPTIONS } from "@rerun-ts/core/transport";
import { WebSocketSink, type WebSocketSinkOptions } from "./websocket-sink.ts";

/** Options of {@link RecordingStream.connectWebSocket}. */
export interface ConnectWebSocketOptions extends WebSocketSinkOptions, ConnectOptions {}

const OPTIONS: OptionNames<ConnectWebSocketOptions> = { ...WEBSOCKET_SINK_OPTIONS, worker: 1, ...CONNECT_OPTIONS };

/** Implements `recording.connectWebSocket`, whose first call loads this module. */
export function connectWebSocket(
  recording: RecordingStream,
  url?: string | URL,
  options: ConnectWebSocketOptions = {},
): Promise<void> {
  checkOptions("connectWebSocket", options, OPTIONS);
  return connectSink(recording, options, (sinkOptions) => new WebSocketSink(url, sinkOptions));
}
