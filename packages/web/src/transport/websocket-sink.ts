import { WebSocketSink as CoreWebSocketSink, type WebSocketSinkOptions } from "@rerun-ts/core";
import { pageHost } from "../page/page-host.ts";

/**
 * Sends a recording to a relay over a WebSocket: to a program that called `serveGrpc` or `serveGrpcRelay`, or to
 * `rerun-ts serve`. `flush` means that the relay has the data. After a lost connection the session is resumed; another
 * relay is sent the retained state first. When the page is unloaded, up to 64 KiB are posted in a request that outlives
 * it.
 *
 * @example
 * await rec.setSinks([new rr.WebSocketSink("wss://logs.example.com/ws", { token }), new rr.MemorySink()]);
 */
export class WebSocketSink extends CoreWebSocketSink {
  /**
   * @param url the URL of the relay; default `ws://127.0.0.1:9876/ws`
   * @throws {TypeError} if the URL or an option is wrong
   */
  constructor(url?: string | URL | WebSocketSinkOptions, options?: Omit<WebSocketSinkOptions, "url">) {
    super(url, options, pageHost);
  }
}
