import { WebSocketSink as CoreWebSocketSink, type WebSocketSinkOptions as CoreOptions } from "@rerun-ts/core";
import { checkObject } from "@rerun-ts/core/checks";
import { hooksOfWorker } from "../page/worker-host-registry.ts";
import { pageTransportHooks } from "../page/page-transport-hooks.ts";

/** Options of a {@link WebSocketSink}. */
export interface WebSocketSinkOptions extends CoreOptions {
  /** The sending worker: a `WorkerHost`. Not together with `WebSocket`. Default: none, the calling thread sends. */
  worker?: object | undefined;
}

/**
 * Sends a recording to a relay over a WebSocket. A relay is a program with `serveGrpc` or `serveGrpcRelay`, or
 * `rerun-ts serve`. After `flush` the relay has the data. After a lost connection the session is resumed. Another relay
 * gets the retained state first. An unloaded page posts up to 64 KiB in a request that outlives it.
 *
 * @example
 * await rec.setSinks([new rr.WebSocketSink("wss://logs.example.com/ws", { token }), new rr.MemorySink()]);
 */
export class WebSocketSink extends CoreWebSocketSink {
  /**
   * @param url the URL of the relay. Default `ws://127.0.0.1:9876/ws`
   * @throws {TypeError} if the URL or an option is wrong
   */
  constructor(url?: string | URL, options: WebSocketSinkOptions = {}) {
    checkObject(options);
    const { worker, ...rest } = options;
    super(
      url,
      rest,
      worker === undefined ? pageTransportHooks : hooksOfWorker(worker, { transport: "websocket", url, ...rest }),
    );
  }
}
