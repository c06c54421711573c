import { createServer as createHttp, type IncomingMessage, type Server as HttpServer } from "node:http";
import { createServer as createHttp2, type Http2Server, type ServerHttp2Session } from "node:http2";
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTls, type TLSSocket } from "node:tls";
import { listenError } from "../../net/listen-error.ts";
import type { Permission } from "./access-control.ts";
import { describeTlsError } from "./describe-tls-error.ts";
import type { HttpExchange } from "./http-exchange.ts";

/** A private key and a certificate for TLS, in PEM format. */
export interface RelayTls {
  key: string | Buffer;
  cert: string | Buffer;
}

/** The handlers of a listener's requests. */
export interface HttpHandlers {
  onCall(call: HttpExchange): void;
  /** Handles a request to change the protocol, which begins a WebSocket. */
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, accept: () => void): void;
}

/** Longest time that a connection may take to send its first request. */
const REQUEST_MS = 10_000;
/** Longest time that a connection may be idle after a request. */
const IDLE_MS = 120_000;
/**
 * Interval of pings of HTTP/2 connections, and the longest time that they may take to respond before they are
 * destroyed.
 */
const PING_MS = 10_000;
const PING_TIMEOUT_MS = 20_000;
/**
 * The maximum number of connections. A further one takes the place of the oldest that was granted nothing, or else of
 * the oldest that only reads.
 */
const MAX_CONNECTIONS = 10_000;
/** The maximum number of requests in flight on an HTTP/1.1 connection. Clients wait for the answer to each request. */
const MAX_PIPELINED = 16;
/** Connections that may wait above the maximum. Further connections are closed immediately. */
const MORE_CONNECTIONS = 100;
const MAX_HEADER_BYTES = 32 * 1024;
/** The beginning of the connection preface of HTTP/2, which distinguishes it from HTTP/1.1. Source: RFC 9113, 3.4. */
const PREFACE = "PRI";
/** The flow control windows of HTTP/2: bytes in flight to one call and on one connection. */
const STREAM_WINDOW_BYTES = 2 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 8 * 1024 * 1024;
/**
 * The memory that Node may use for a connection, in megabytes: readers may share one, and the default soon rejects
 * further ones.
 */
const SESSION_MEMORY_MB = 64;
/** The maximum number of calls in flight on a connection of HTTP/2. */
const MAX_STREAMS = 128;

/**
 * One port for HTTP/1.1 and HTTP/2, with or without TLS. The protocol is detected by ALPN or by the first bytes; the
 * two inner servers of Node never listen themselves, so the timeouts are implemented here.
 *
 * The listener tracks all connections, and destroys those that send no request in time, are idle for too long or do not
 * respond to pings. `retire` stops accepting and lets requests in flight end. `destroy` ends everything immediately.
 */
export class HttpListener {
  readonly #server: Server;
  readonly #http: HttpServer;
  readonly #http2: Http2Server;
  readonly #sockets = new Set<Socket>();
  /** The sockets that were granted nothing, oldest first. */
  readonly #strangers = new Set<Socket>();
  /** The sockets that were granted to read and not to write, oldest first. */
  readonly #readers = new Set<Socket>();
  readonly #maxConnections: number;
  readonly #sessions = new Set<ServerHttp2Session>();
  /** The sockets of sessions: `session.socket` of Node is a proxy, not the same object. */
  readonly #socketOf = new WeakMap<object, Socket>();
  /** The number of requests in flight on each HTTP/1.1 connection. */
  readonly #inFlight = new WeakMap<Duplex, number>();
  /** Functions that cancel the timeouts of connections. */
  readonly #timers = new WeakMap<Duplex, () => void>();
  #isUnref = false;

  constructor(handlers: HttpHandlers, tls: RelayTls | undefined, maxConnections: number = MAX_CONNECTIONS) {
    this.#maxConnections = maxConnections;
    // Node's own timeouts only work for a server that listens itself.
    const timeouts = { keepAliveTimeout: 0, requestTimeout: 0 };
    // Versions of Node that lack the last option ignore it.
    const options = { ...timeouts, maxHeaderSize: MAX_HEADER_BYTES, shouldUpgradeCallback: wantsWebSocket };
    this.#http = createHttp(options);
    this.#http.on("request", (request, response) => {
      if (this.#isFlooded(request.socket)) return;
      this.#beginRequest(request.socket);
      response.once("close", () => this.#endRequest(request.socket));
      const accept = (permission: Permission): void => this.#grant(request.socket, permission);
      handlers.onCall({ request, response, isHttp2: false, accept });
    });
    this.#http.on("upgrade", (request, socket, head) => {
      if (!wantsWebSocket(request)) return this.#ignoreUpgrade(request, socket, head);
      this.#beginRequest(socket);
      handlers.onUpgrade(request, socket, head, () => this.#grant(socket as Socket, "write"));
    });
    this.#http.on("clientError", (_error, socket) => {
      if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      else socket.destroy();
    });
    this.#http2 = createHttp2({
      settings: {
        initialWindowSize: STREAM_WINDOW_BYTES,
        maxHeaderListSize: MAX_HEADER_BYTES,
        maxConcurrentStreams: MAX_STREAMS,
      },
      maxSessionMemory: SESSION_MEMORY_MB,
    });
    this.#http2.on("session", (session) => this.#watchSession(session));
    this.#http2.on("sessionError", () => {});
    this.#http2.on("request", (request, response) => {
      const socket = request.stream.session && this.#socketOf.get(request.stream.session);
      const accept = (permission: Permission): void => this.#grant(socket, permission);
      handlers.onCall({ request, response, isHttp2: true, accept });
    });
    const onConnection = (socket: Socket): void => this.#accept(socket);
    this.#server =
      tls === undefined
        ? createTcp({ noDelay: true, keepAlive: true }, onConnection)
        : createEncrypted(tls, onConnection);
    this.#server.maxConnections = maxConnections + MORE_CONNECTIONS;
  }

  /** The number of connections. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Starts to listen, and returns the port. Rejects with `LISTEN_FAILED` if that fails. */
  async listen(port: number, address: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error) => reject(listenError(error, port, address, "port")));
      // In a worker of `node:cluster` the port would be shared with other processes, which have other clients' data.
      this.#server.listen({ port, host: address, exclusive: true }, resolve);
    });
    this.#server.on("error", () => {});
    return (this.#server.address() as AddressInfo).port;
  }

  /** Lets the process end while the listener is open and has connections. */
  unref(): void {
    this.#isUnref = true;
    this.#server.unref();
    for (const socket of this.#sockets) socket.unref();
  }

  /** Keeps the process alive for the remaining connections. */
  ref(): void {
    this.#isUnref = false;
    for (const socket of this.#sockets) socket.ref();
  }

  /** Stops accepting connections and closes idle ones. The others end after their requests in flight. */
  retire(): void {
    this.#server.close();
    for (const session of this.#sessions) session.close();
    for (const socket of this.#sockets) if (this.#inFlight.get(socket) === 0) socket.destroy();
  }

  /** Settles when all connections have ended. */
  async ended(): Promise<void> {
    await Promise.all(
      [...this.#sockets].map((socket) => new Promise<void>((resolve) => void socket.once("close", () => resolve()))),
    );
  }

  /** Closes the port and all connections immediately. */
  destroy(): void {
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    if (this.#sockets.size >= this.#maxConnections) this.#dropOne();
    this.#sockets.add(socket);
    this.#strangers.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => {
      this.#forget(socket);
      this.#clearTimer(socket);
    });
    if (this.#isUnref) socket.unref();
    this.#destroyAfter(socket, REQUEST_MS);
    if ("alpnProtocol" in socket && socket.alpnProtocol === "h2") return this.#startHttp2(socket);
    let head: Buffer = Buffer.alloc(0);
    const detectProtocol = (): void => {
      const piece = socket.read() as Buffer | null;
      if (piece !== null) head = Buffer.concat([head, piece]);
      if (head.length < PREFACE.length && PREFACE.startsWith(head.toString("latin1"))) return;
      socket.off("readable", detectProtocol);
      // Only after the listener was removed: `unshift` emits `readable` again.
      socket.unshift(head);
      if (head.toString("latin1", 0, PREFACE.length) === PREFACE) this.#startHttp2(socket);
      else this.#http.emit("connection", socket);
    };
    socket.on("readable", detectProtocol);
    this.#inFlight.set(socket, 0);
  }

  /** Closes the connection with the fewest permissions. If all may write, the next call closes the new one. */
  #dropOne(): void {
    const [dropped] = this.#strangers.size > 0 ? this.#strangers : this.#readers;
    if (dropped === undefined) return;
    this.#forget(dropped);
    dropped.destroy();
  }

  #forget(socket: Socket): void {
    for (const sockets of [this.#sockets, this.#strangers, this.#readers]) sockets.delete(socket);
  }

  #grant(socket: Socket | undefined, permission: Permission): void {
    if (socket === undefined || !this.#sockets.has(socket)) return;
    const wasStranger = this.#strangers.delete(socket);
    if (permission === "write") this.#readers.delete(socket);
    else if (wasStranger) this.#readers.add(socket);
  }

  #startHttp2(socket: Socket): void {
    this.#inFlight.delete(socket);
    // The timeout for the first request ends with the handshake: a client must send its settings in time.
    const onSession = (session: ServerHttp2Session): void => {
      this.#socketOf.set(session, socket);
      session.once("remoteSettings", () => this.#clearTimer(socket));
    };
    this.#http2.once("session", onSession);
    this.#http2.emit("connection", socket);
    // Node rejects some connections without a session.
    this.#http2.off("session", onSession);
  }

  /**
   * Handles a request, and ignores its wish to change the protocol. Versions of Node without `shouldUpgradeCallback`
   * have stopped reading such a request as HTTP/1.1.
   */
  #ignoreUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage, socket: Duplex, head: Buffer): void {
    const lines = [`${method} ${url} HTTP/${httpVersion}`];
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const [name, value] = rawHeaders.slice(at, at + 2) as [string, string];
      if (!/^(upgrade|connection|http2-settings)$/i.test(name)) lines.push(`${name}: ${value}`);
    }
    socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
    this.#http.emit("connection", socket);
  }

  /** Pings a connection, and destroys it if the other side does not respond in time. */
  #watchSession(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    // What came while this process was busy is read after the next check.
    let silentChecks = 0;
    let bytesRead = 0;
    const timer = setInterval(() => {
      // The pong of a slow client may be delayed by its data, so all received bytes count.
      const received = session.socket?.bytesRead ?? 0;
      silentChecks = received > bytesRead ? 0 : silentChecks + 1;
      bytesRead = received;
      if (silentChecks * PING_MS > PING_MS + PING_TIMEOUT_MS) return session.destroy();
      if (!session.destroyed) session.ping(() => (silentChecks = 0));
    }, PING_MS);
    timer.unref();
    session.on("error", () => {});
    session.on("close", () => {
      clearInterval(timer);
      this.#sessions.delete(session);
    });
    // Bun stops sending window updates for streams after this call.
    if ("bun" in process.versions) return;
    (session as unknown as { setLocalWindowSize(bytes: number): void }).setLocalWindowSize(CONNECTION_WINDOW_BYTES);
  }

  /**
   * Whether a client sends many requests without waiting for answers, which closes its connection. Node parses all
   * requests of a piece of data in one turn of the event loop, for as long as nobody else is served.
   */
  #isFlooded(socket: Duplex): boolean {
    if ((this.#inFlight.get(socket) ?? 0) >= MAX_PIPELINED) socket.destroy();
    return socket.destroyed;
  }

  #beginRequest(socket: Duplex): void {
    this.#inFlight.set(socket, (this.#inFlight.get(socket) ?? 0) + 1);
    this.#clearTimer(socket);
  }

  #endRequest(socket: Socket): void {
    const count = (this.#inFlight.get(socket) ?? 1) - 1;
    this.#inFlight.set(socket, count);
    if (count === 0) this.#destroyAfter(socket, IDLE_MS);
    if (count === 0 && !this.#server.listening) socket.end();
  }

  #destroyAfter(socket: Socket, milliseconds: number): void {
    this.#clearTimer(socket);
    // After a stall of the event loop timers run first. Two turns let the socket read the data that has arrived
    // meanwhile.
    let decision: ReturnType<typeof setImmediate> | undefined;
    const destroy = (): void => void socket.destroy();
    const decide = (): void => void (decision = setImmediate(() => (decision = setImmediate(destroy))));
    const timer = setTimeout(decide, milliseconds);
    timer.unref();
    this.#timers.set(socket, () => {
      clearTimeout(timer);
      clearImmediate(decision);
    });
  }

  #clearTimer(socket: Duplex): void {
    this.#timers.get(socket)?.();
  }
}

/** Whether a request changes the protocol. Other protocols, such as h2c, may be ignored. Source: RFC 9110, 7.8. */
function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

/** Creates the server for TLS. @throws {RerunError} `INVALID_ARGUMENT` if the key or the certificate is invalid */
function createEncrypted(tls: RelayTls, onConnection: (socket: Socket) => void): Server {
  const options = { ...tls, ALPNProtocols: ["h2", "http/1.1"], handshakeTimeout: REQUEST_MS };
  try {
    const server = createTls({ ...options, noDelay: true, keepAlive: true }, onConnection);
    server.on("tlsClientError", (_error, socket: TLSSocket) => socket.destroy());
    return server;
  } catch (error) {
    throw describeTlsError(tls, error);
  }
}
