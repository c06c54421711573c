import type { Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { postFrames, postStream } from "./post-stream.ts";
import { putObject } from "./put-object.browser.ts";
import type { CatalogTransport, CatalogTransportOptions } from "./catalog-transport.ts";

/** The connection of pages: gRPC-web over `fetch`. */
export function createCatalogTransport(origin: string, options: CatalogTransportOptions): CatalogTransport {
  const send = options.fetch ?? fetch;
  const post: typeof fetch = (input, init) => send(input, { ...init, credentials: "omit" });
  const transport = createGrpcWebTransport({ baseUrl: origin, fetch: post });
  const stream: Transport["stream"] = (method, signal, timeoutMs, header, input, context) =>
    method.methodKind === "client_streaming"
      ? postStream(origin, post, { method, signal, header, input })
      : transport.stream(method, signal, timeoutMs, header, input, context);
  return {
    unary: (...call) => transport.unary(...call),
    stream,
    async frames(method, signal, header, message) {
      return (await postFrames(origin, post, { method, signal, header, input: [message] })).frames;
    },
    put: (request) => putObject(options.fetch, request),
    renew() {},
    close() {},
  };
}
