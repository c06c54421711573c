import { checkOptions } from "../../checks/check-arguments.ts";
import type { OptionNames } from "../../checks/option-names.ts";
import { LocalDelivery } from "../local-delivery.ts";
import type { PageDeliveryOptions, PageTransportHooks } from "../page-transport-hooks.ts";
import { SERVER_SINK_OPTIONS, type ServerSinkOptions } from "../server-sink-options.ts";
import { ServerSink } from "../server-sink.ts";
import { postWithKeepalive } from "./keepalive-post.ts";
import type { WebSocketClass, WebSocketTarget, WebSocketToken } from "./websocket-connection.ts";
import { DEFAULT_WEBSOCKET_URL, parseWebSocketUrl } from "./websocket-url.ts";
import { WebSocketWriter } from "./websocket-writer.ts";

/** Options of a {@link WebSocketSink}. */
export interface WebSocketSinkOptions extends ServerSinkOptions {
  /** The relay's `writeToken`. A function is called for each connection. */
  token?: WebSocketToken | undefined;
  /** Replaces the platform's `WebSocket`. */
  WebSocket?: WebSocketClass | undefined;
}

export const WEBSOCKET_SINK_OPTIONS: OptionNames<WebSocketSinkOptions> = {
  token: 1,
  WebSocket: 1,
  ...SERVER_SINK_OPTIONS,
};

/**
 * Sends a recording to a relay over a WebSocket, in any runtime with WebSockets. A relay is a program with `serveGrpc`
 * or `serveGrpcRelay`, or `rerun-ts serve`. The relay acknowledges while data flows. After `flush` it has the data.
 * After a lost connection the session is resumed. Another relay gets the retained state first.
 */
export class WebSocketSink extends ServerSink {
  /**
   * @param url the address of the relay: `ws://…`, `wss://…`, or the proxy URL of a viewer. Default:
   * `ws://127.0.0.1:9876/ws`
   * @param page the hooks of a web page, passed by the package for browsers
   * @throws {TypeError} if the address or an option is wrong.
   */
  constructor(
    url: string | URL = DEFAULT_WEBSOCKET_URL,
    options: WebSocketSinkOptions = {},
    page?: PageTransportHooks,
  ) {
    checkOptions("WebSocketSink", options, WEBSOCKET_SINK_OPTIONS);
    const relay = parseWebSocketUrl(url);
    const { WebSocket } = options;
    let { token } = options;
    // A page that is being unloaded has no time to request a token, so it uses the token of its connection.
    let lastToken = typeof token === "string" ? token : undefined;
    const target: WebSocketTarget = {
      url: relay,
      token: async () => (lastToken = typeof token === "function" ? await token() : token),
      makeSocket: WebSocket && ((href, protocols) => new WebSocket(href, protocols)),
      connectionHint: page?.connectionHint,
    };
    super({
      kind: "websocket",
      url: relay.href,
      // `URL` normalises addresses with and without the default port.
      destination: new URL(relay.href).href,
      options,
      warnsOnFirstFailure: true,
      takesBuffers: page?.takesBuffers,
      createDelivery(limits, context) {
        let writer: WebSocketWriter | undefined;
        const delivery: PageDeliveryOptions = {
          limits,
          sentWhen: "acknowledged",
          url: relay.href,
          createWriter: (queue, events) => (writer = new WebSocketWriter(queue, target, events)),
          renew: (credentials) => void (token = credentials.token),
          keepalive: {
            isSequence: true,
            send: async (messages) => writer && postWithKeepalive(relay, lastToken, writer.beginPost(), messages),
          },
        };
        return page === undefined ? new LocalDelivery(delivery, context) : page.createDelivery(delivery, context);
      },
    });
  }
}
