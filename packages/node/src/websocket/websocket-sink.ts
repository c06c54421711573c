import { DEFAULT_WEBSOCKET_URL, describeUnknown, parseWebSocketUrl } from "@rerun-ts/core/internal";
import { ServerSink } from "../delivery/server-sink.ts";
import { WEBSOCKET_SINK_OPTIONS, toOptions, type WebSocketSinkOptions } from "../delivery/sink-options.ts";

/**
 * Sends a recording to a relay over a WebSocket: to a program that called `serveGrpc` or `serveGrpcRelay`, or to
 * `rerun-ts serve`. What the relay has not acknowledged is sent again after a break, to the same one or to another.
 */
export class WebSocketSink extends ServerSink {
  /** @throws {TypeError} if the address or an option is wrong. */
  constructor(url?: string | URL | WebSocketSinkOptions, options?: Omit<WebSocketSinkOptions, "url">) {
    const all = toOptions(url, options);
    const relay = parseWebSocketUrl(all.url ?? DEFAULT_WEBSOCKET_URL);
    const notice = describeUnknown("WebSocketSink", all, WEBSOCKET_SINK_OPTIONS);
    super({ kind: "websocket", url: relay, notice, token: all.token }, all);
  }
}
