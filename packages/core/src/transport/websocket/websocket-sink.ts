import { describeUnknown } from "../../options.ts";
import { QUEUE_OPTIONS, QueuedSink, type QueueOptions } from "../queued-sink.ts";
import { postLast } from "./post-last.ts";
import type { WebSocketClass, WebSocketTarget, WebSocketToken } from "./websocket-connection.ts";
import { DEFAULT_WEBSOCKET_URL, parseWebSocketUrl } from "./websocket-url.ts";
import { WebSocketWriter } from "./websocket-writer.ts";

/** Options of a {@link WebSocketSink}. */
export interface WebSocketSinkOptions extends QueueOptions {
  /** Where to: default `ws://127.0.0.1:9876/ws`; also `wss://…`, and a proxy's address as a viewer is given it. */
  url?: string | URL | undefined;
  /** The relay's `writeToken`; a function is asked at each connection. */
  token?: WebSocketToken | undefined;
  /** Used instead of the platform's own `WebSocket`. */
  WebSocket?: WebSocketClass | undefined;
}

const KNOWN: Readonly<Record<keyof WebSocketSinkOptions, 1>> = { url: 1, token: 1, WebSocket: 1, ...QUEUE_OPTIONS };

/**
 * Sends a recording to a relay over a WebSocket, wherever there are WebSockets: to a program that called `serveGrpc` or
 * `serveGrpcRelay`, or to `rerun-ts serve`. Data flows while earlier data is acknowledged; `flush` means that the relay
 * has it. After a break it goes on where the relay is, or tells another relay what it must know.
 */
export class WebSocketSink extends QueuedSink {
  /** @throws {TypeError} if the address or an option is wrong. */
  constructor(url?: string | URL | WebSocketSinkOptions, options?: Omit<WebSocketSinkOptions, "url">) {
    const all: WebSocketSinkOptions = typeof url === "object" && !(url instanceof URL) ? url : { ...options, url };
    const relay = parseWebSocketUrl(all.url ?? DEFAULT_WEBSOCKET_URL);
    const { WebSocket, token } = all;
    const makeSocket = WebSocket && ((href: string, protocols: string[]) => new WebSocket(href, protocols));
    // A page that is left cannot ask for one any more: it has the one of its connection.
    let lastToken = typeof token === "string" ? token : undefined;
    const askToken = typeof token === "function" ? async () => (lastToken = await token()) : token;
    const target: WebSocketTarget = { url: relay, token: askToken, makeSocket };
    let writer: WebSocketWriter | undefined;
    super(
      {
        kind: "websocket",
        url: relay,
        notice: describeUnknown("WebSocketSink", all, KNOWN),
        makeWriter: (queue, events) => (writer = new WebSocketWriter(queue, target, events)),
        lastPost: {
          send: async (messages) => writer && postLast(relay, lastToken, writer.position, messages),
          isSequence: true,
        },
      },
      all,
    );
  }
}
