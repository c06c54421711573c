// A worker of `WorkerHost` with a server and a relay in it: they replace `fetch` and `WebSocket`.
import { FetchServer } from "@rerun-ts/test-support/common/fetch-server";
import { WebSocketRelay } from "@rerun-ts/test-support/common/websocket-relay";
import { VERSION } from "@rerun-ts/web/worker";

/** What a test posts: it is sent what has arrived, or the worker fails or changes its behaviour. */
export type TestRequest =
  | { readonly type: "test-read"; readonly reply: MessagePort }
  | { readonly type: "test-fail" | "test-reset" }
  | { readonly type: "test-absent"; readonly isAbsent: boolean };

const server = new FetchServer();
const relay = new WebSocketRelay();
Object.assign(globalThis, { fetch: server.fetch, WebSocket: relay.WebSocket });

addEventListener("message", ({ data }: MessageEvent<TestRequest>) => {
  if (data.type === "test-read") {
    const isRelay = relay.received.length > 0;
    const headers = server.headers.map((one) => Object.fromEntries(one));
    data.reply.postMessage({ rrd: isRelay ? relay.toRrd() : server.toRrd(), headers, version: VERSION }, []);
  } else if (data.type === "test-reset") relay.received = server.received = [];
  else if (data.type === "test-absent") server.behaviour = { isAbsent: data.isAbsent };
  else if (data.type === "test-fail") throw new Error("the worker was asked to fail");
});
