import type { RecordingStream } from "@rerun-ts/core";
import { connectSink, urlAndOptions, type ConnectOptions } from "@rerun-ts/core/internal";
import { WebSocketSink, type WebSocketSinkOptions } from "./websocket-sink.ts";

/** Options of {@link RecordingStream.connectWebSocket}. */
export interface ConnectWebSocketOptions extends WebSocketSinkOptions, ConnectOptions {}

/** Implements `recording.connectWebSocket`, whose first call loads this module. */
export function connectWebSocket(
  recording: RecordingStream,
  url: string | URL | ConnectWebSocketOptions | undefined,
  options: Omit<ConnectWebSocketOptions, "url"> | undefined,
): Promise<void> {
  const all = urlAndOptions<ConnectWebSocketOptions>(url, options);
  return connectSink(recording, all, (known) => new WebSocketSink(known));
}
