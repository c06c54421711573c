import { Http2SessionManager, createGrpcTransport } from "@connectrpc/connect-node";
import {
  MAX_MESSAGE_BYTES,
  type CatalogTransport,
  type CatalogTransportOptions,
} from "../catalog/catalog-transport.ts";

/** Bytes that a server may send ahead on each stream: the default of Node limits streams to 64 KiB a round trip. */
const WINDOW_BYTES = 8 * 1024 * 1024;

/** Whether the bodies of requests can be streams. */
export const SENDS_STREAMS: boolean = true;

/** The connection of Node: gRPC over HTTP/2. It does not keep the process alive. */
export function createCatalogTransport(origin: string, { tls }: CatalogTransportOptions): CatalogTransport {
  const settings = { initialWindowSize: WINDOW_BYTES };
  const sessionManager = new Http2SessionManager(origin, {}, { ...(tls as object), settings });
  const transport = createGrpcTransport({
    baseUrl: origin,
    sessionManager,
    readMaxBytes: MAX_MESSAGE_BYTES,
    acceptCompression: [],
  });
  return {
    unary: (...call) => transport.unary(...call),
    stream: (...call) => transport.stream(...call),
    close: () => sessionManager.abort(),
  };
}
