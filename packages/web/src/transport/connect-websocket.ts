import type { RecordingStream } from "@rerun-ts/core";
import {
  CONNECT_OPTIONS,
  WEBSOCKET_SINK_OPTIONS,
  checkOptions,
  connectSink,
  type ConnectOptions,
  type OptionNames,
} from "@rerun-ts/core/internal";
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
