import { Http2SessionManager, createGrpcTransport } from "@connectrpc/connect-node";
import {
  MAX_CATALOG_MESSAGE_BYTES,
  type CatalogTransport,
  type CatalogTransportOptions,
} from "../catalog-transport.ts";
import { grpcFrames, type Sessions } from "./grpc-frames.ts";
import { putObject } from "./put-object.ts";

/** Bytes that a server may send ahead on each stream, and on a connection. The default of Node is 64 KiB. */
const WINDOW_BYTES = 8 * 1024 * 1024;
const CONNECTION_BYTES = 32 * 1024 * 1024;

/** The silence after a ping that means that the server is lost. */
const PING_TIMEOUT_MS = 20_000;
/** The longest time of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

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

/** Sessions that later calls can leave, because a machine that vanishes never ends its connection. */
class RenewableSessions implements Sessions {
  readonly authority: string;
  readonly #make: () => CatalogSessionManager;
  readonly #all = new Set<CatalogSessionManager>();
  #current: CatalogSessionManager;

  constructor(authority: string, make: () => CatalogSessionManager) {
    this.authority = authority;
    this.#make = make;
    this.#current = this.#add();
  }

  request(...call: Parameters<Http2SessionManager["request"]>): ReturnType<Http2SessionManager["request"]> {
    return this.#current.request(...call);
  }

  notifyResponseByteRead(...stream: Parameters<Http2SessionManager["notifyResponseByteRead"]>): void {
    for (const sessions of this.#all) sessions.notifyResponseByteRead(...stream);
  }

  /** Later calls have a new connection. Calls in flight keep theirs. */
  renew(): void {
    for (const sessions of this.#all) if (sessions.state() === "idle") this.#end(sessions);
    this.#current = this.#add();
  }

  abort(): void {
    for (const sessions of this.#all) sessions.abort();
  }

  #add(): CatalogSessionManager {
    const sessions = this.#make();
    this.#all.add(sessions);
    return sessions;
  }

  #end(sessions: CatalogSessionManager): void {
    this.#all.delete(sessions);
    sessions.abort();
  }
}

/** The connection of Node: gRPC over HTTP/2. The connection does not keep the process alive. */
export function createCatalogTransport(origin: string, options: CatalogTransportOptions): CatalogTransport {
  const settings = { initialWindowSize: WINDOW_BYTES };
  // Calls with a usual time end before the first ping. Calls that may wait longer would never hear that a machine
  // has vanished.
  const pings = { pingIntervalMs: Math.min(options.timeoutMs, MAX_TIMER_MS), pingTimeoutMs: PING_TIMEOUT_MS };
  const sessions = new RenewableSessions(
    origin,
    () => new CatalogSessionManager(origin, pings, { ...(options.tls as object), settings }),
  );
  const transport = createGrpcTransport({
    baseUrl: origin,
    sessionManager: sessions,
    readMaxBytes: MAX_CATALOG_MESSAGE_BYTES,
    acceptCompression: [],
  });
  return {
    unary: (...call) => transport.unary(...call),
    stream: (...call) => transport.stream(...call),
    frames: grpcFrames(origin, sessions),
    put: (request) => putObject(origin, options, request),
    renew: () => sessions.renew(),
    close: () => sessions.abort(),
  };
}
