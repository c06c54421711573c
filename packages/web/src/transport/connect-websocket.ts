import type { RecordingStream } from "@rerun-ts/core";
import {
  CONNECT_OPTIONS,
  WEBSOCKET_SINK_OPTIONS,
  checkOptions,
  connectSink,
  urlAndOptions,
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
  url: string | URL | ConnectWebSocketOptions | undefined,
  options: Omit<ConnectWebSocketOptions, "url"> | undefined,
): Promise<void> {
  const all = urlAndOptions<ConnectWebSocketOptions>(url, options);
  checkOptions("connectWebSocket", all, OPTIONS);
  return connectSink(recording, all, (sinkOptions) => new WebSocketSink(sinkOptions));
}
