import { Http2SessionManager, createGrpcTransport } from "@connectrpc/connect-node";
import {
  MAX_MESSAGE_BYTES,
  type CatalogTransport,
  type CatalogTransportOptions,
} from "../catalog/catalog-transport.ts";
import { grpcFrames } from "./grpc-frames.ts";
import { putObject } from "./put-object.ts";

/** Bytes that a server may send ahead on each stream, and on a connection. The default of Node is 64 KiB. */
const WINDOW_BYTES = 8 * 1024 * 1024;
const CONNECTION_BYTES = 32 * 1024 * 1024;

/**
 * Sessions with a window that is large enough for a server to send while chunks are being read. Their errors reject
 * calls: Connect removes its own listener from a session that has failed, before that reports its error, which would
 * end the program.
 */
class CatalogSessionManager extends Http2SessionManager {
  readonly #known = new WeakSet();

  override async request(
    ...call: Parameters<Http2SessionManager["request"]>
  ): ReturnType<Http2SessionManager["request"]> {
    const stream = await super.request(...call);
    const { session } = stream;
    if (session !== undefined && !this.#known.has(session)) {
      this.#known.add(session);
      session.on("error", () => {});
      session.setLocalWindowSize(CONNECTION_BYTES);
    }
    return stream;
  }
}

/** The connection of Node: gRPC over HTTP/2. The connection does not keep the process alive. */
export function createCatalogTransport(origin: string, options: CatalogTransportOptions): CatalogTransport {
  const settings = { initialWindowSize: WINDOW_BYTES };
  const sessionManager = new CatalogSessionManager(origin, {}, { ...(options.tls as object), settings });
  const transport = createGrpcTransport({
    baseUrl: origin,
    sessionManager,
    readMaxBytes: MAX_MESSAGE_BYTES,
    acceptCompression: [],
  });
  return {
    unary: (...call) => transport.unary(...call),
    stream: (...call) => transport.stream(...call),
    frames: grpcFrames(origin, sessionManager),
    put: (request) => putObject(origin, options, request),
    close: () => sessionManager.abort(),
  };
}
