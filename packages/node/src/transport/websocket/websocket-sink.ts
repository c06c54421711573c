import { checkOptions, argumentError } from "@rerun-ts/core/checks";
import { DEFAULT_WEBSOCKET_URL, ServerSink, parseWebSocketUrl } from "@rerun-ts/core/transport";
import { deliveryTo } from "../create-delivery.ts";
import { checkHeaders } from "../check-headers.ts";
import { WEBSOCKET_SINK_OPTIONS, type WebSocketSinkOptions } from "../server-sink-options.ts";

/**
 * Sends a recording to a relay over a WebSocket. A relay is a program with `serveGrpc` or `serveGrpcRelay`, or
 * `rerun-ts serve`. It connects as soon as the relay is reachable. After a lost connection the session is resumed, and
 * only missing data is sent again. Another relay receives the retained state first. It sends from a worker if possible.
 *
 * @example
 * const relay = new rr.WebSocketSink("wss://logs.example.com/ws", { token: process.env.RELAY_TOKEN });
 * await rec.setSinks([relay, new rr.FileSink("robot.rrd")]);
 */
export class WebSocketSink extends ServerSink {
  /**
   * @param url the URL of the relay. Default `ws://127.0.0.1:9876/ws`
   * @throws {TypeError} if the URL or an option is wrong
   */
  constructor(url: string | URL = DEFAULT_WEBSOCKET_URL, options: WebSocketSinkOptions = {}) {
    checkOptions("WebSocketSink", options, WEBSOCKET_SINK_OPTIONS);
    const relay = parseWebSocketUrl(url);
    const { headers, tls, token } = options;
    checkHeaders(headers);
    // The message omits the value, which may be a secret.
    if (token !== undefined && typeof token !== "string" && typeof token !== "function")
      throw argumentError("token", `\`token\` must be a string, or a function that returns one, got ${typeof token}`);
    super({
      kind: "websocket",
      url: relay.href,
      // `URL` normalises addresses with and without the default port.
      destination: new URL(relay.href).href,
      options,
      takesBuffers: true,
      ...deliveryTo({ transport: "websocket", url: relay, headers, tls, token }, options),
    });
  }
}
