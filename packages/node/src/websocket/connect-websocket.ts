import type { RecordingStream, SetSinksOptions, WaitForConnectionOptions } from "@rerun-ts/core";
import { untilOpen } from "@rerun-ts/core/internal";
import { toOptions, type WebSocketSinkOptions } from "../delivery/sink-options.ts";
import { WebSocketSink } from "./websocket-sink.ts";

/** Options of {@link RecordingStream.connectWebSocket}. */
export interface ConnectWebSocketOptions extends WebSocketSinkOptions, SetSinksOptions, WaitForConnectionOptions {}

/** Lets a recording send to a relay. Rejects with `TIMEOUT` or `ABORTED` if it was to wait. */
export async function connectWebSocket(
  recording: RecordingStream,
  url: string | URL | ConnectWebSocketOptions | undefined,
  options: Omit<ConnectWebSocketOptions, "url"> | undefined,
): Promise<void> {
  const all = toOptions<ConnectWebSocketOptions>(url, options);
  const { defaultBlueprint, waitForConnection, timeoutMs, signal, ...sinkOptions } = all;
  const sink = new WebSocketSink(sinkOptions);
  await recording.setSink(sink, { defaultBlueprint });
  await untilOpen(recording, sink, { waitForConnection, timeoutMs, signal });
}
