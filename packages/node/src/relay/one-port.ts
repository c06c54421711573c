import { createServer as createHttp, type IncomingMessage, type Server as HttpServer } from "node:http";
import { createServer as createHttp2, type Http2Server, type ServerHttp2Session } from "node:http2";
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTls, type TLSSocket } from "node:tls";
import { RerunError } from "@rerun-ts/core";
import { inUrl } from "./host-name.ts";
import type { HttpCall } from "./http-call.ts";

/** What makes connections encrypted: a key and a certificate, in PEM. */
export interface RelayTls {
  key: string | Buffer;
  cert: string | Buffer;
}

/** Who answers what comes in. */
export interface PortHandlers {
  onCall(call: HttpCall): void;
  /** A request to change the protocol, as WebSockets begin. */
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** So long a connection may take until it has sent a whole request. */
const REQUEST_MS = 10_000;
/** So long it may stay without one afterwards. */
const IDLE_MS = 120_000;
/** Connections of HTTP/2 are asked whether they still live, and given up after this long without an answer. */
const PING_MS = 10_000;
const PING_TIMEOUT_MS = 20_000;
/** Connections beyond are closed at once. */
const MAX_CONNECTIONS = 10_000;
const MAX_HEADER_BYTES = 32 * 1024;
/** The beginning of the connection preface of HTTP/2, by which it is told from HTTP/1.1. Source: RFC 9113, 3.4. */
const PREFACE = "PRI";
/** How much may be on its way, to one call and to a connection. */
const STREAM_WINDOW_BYTES = 2 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 8 * 1024 * 1024;
/** What Node may hold for a connection, in its own unit: several readers may share one. Its default refuses the next one early. */
const SESSION_MEMORY_MB = 256;

/** One port for HTTP/1.1 and HTTP/2, encrypted or not; it knows all its connections, and which of them are idle for too long. */
export class OnePort {
  readonly #server: Server;
  readonly #http: HttpServer;
  readonly #http2: Http2Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  /** Connections of HTTP/1.1 by how many requests are under way on them. */
  readonly #busy = new WeakMap<Duplex, number>();
  /** Limits of time by connection. */
  readonly #timers = new WeakMap<Duplex, ReturnType<typeof setTimeout>>();
  #isUnref = false;

  constructor(handlers: PortHandlers, tls: RelayTls | undefined) {
    // The inner servers never listen: Node's own limits of time need that, so ours take their place.
    this.#http = createHttp({ keepAliveTimeout: 0, maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 0 });
    this.#http.on("request", (request, response) => {
      this.#beginRequest(request.socket);
      response.once("close", () => this.#endRequest(request.socket));
      handlers.onCall({ request, response, isHttp2: false });
    });
    this.#http.on("upgrade", (request, socket, head) => {
      this.#beginRequest(socket);
      handlers.onUpgrade(request, socket, head);
    });
    this.#http.on("clientError", (_error, socket) => {
      if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      else socket.destroy();
    });
    this.#http2 = createHttp2({
      settings: { initialWindowSize: STREAM_WINDOW_BYTES, maxHeaderListSize: MAX_HEADER_BYTES },
      maxSessionMemory: SESSION_MEMORY_MB,
    });
    this.#http2.on("session", (session) => this.#keepSession(session));
    this.#http2.on("sessionError", () => {});
    this.#http2.on("request", (request, response) => handlers.onCall({ request, response, isHttp2: true }));
    const onConnection = (socket: Socket): void => this.#accept(socket);
    this.#server =
      tls === undefined
        ? createTcp({ noDelay: true, keepAlive: true }, onConnection)
        : createEncrypted(tls, onConnection);
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Begins to listen; returns the port. Rejects with `SERVER` if it cannot. */
  async listen(port: number, address: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error) => reject(listenError(error, port, address)));
      this.#server.listen({ port, host: address }, resolve);
    });
    this.#server.on("error", () => {});
    return (this.#server.address() as AddressInfo).port;
  }

  /** Lets the program end although it listens and has connections. */
  unref(): void {
    this.#isUnref = true;
    this.#server.unref();
    for (const socket of this.#sockets) socket.unref();
  }

  /** Keeps the program running for the connections that are left. */
  ref(): void {
    this.#isUnref = false;
    for (const socket of this.#sockets) socket.ref();
  }

  /** Takes no more connections, and ends those on which nothing is under way; the others end with what they do. */
  retire(): void {
    this.#server.close();
    for (const session of this.#sessions) session.close();
    for (const socket of this.#sockets) if (this.#busy.get(socket) === 0) socket.destroy();
  }

  /** Settles when all connections have ended. */
  async ended(): Promise<void> {
    await Promise.all(
      [...this.#sockets].map((socket) => new Promise<void>((resolve) => void socket.once("close", () => resolve()))),
    );
  }

  /** Ends all connections at once. */
  destroy(): void {
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#keep(socket);
    });
    if (this.#isUnref) socket.unref();
    this.#destroyAfter(socket, REQUEST_MS);
    if ("alpnProtocol" in socket && socket.alpnProtocol === "h2") return this.#startHttp2(socket);
    let read: Buffer = Buffer.alloc(0);
    const look = (): void => {
      const piece = socket.read() as Buffer | null;
      if (piece !== null) read = Buffer.concat([read, piece]);
      if (read.length < PREFACE.length && PREFACE.startsWith(read.toString("latin1"))) return;
      socket.off("readable", look);
      // Put back once it is known who reads it, and not before: that would wake this again, and again.
      socket.unshift(read);
      if (read.toString("latin1", 0, PREFACE.length) === PREFACE) this.#startHttp2(socket);
      else this.#http.emit("connection", socket);
    };
    socket.on("readable", look);
    this.#busy.set(socket, 0);
  }

  #startHttp2(socket: Socket): void {
    this.#busy.delete(socket);
    // Who does not get through its own greeting is no client.
    this.#http2.once("session", (session) => session.once("remoteSettings", () => this.#keep(socket)));
    this.#http2.emit("connection", socket);
  }

  /** Asks again and again whether the other side is there, and understands. */
  #keepSession(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    let answeredAt = performance.now();
    const timer = setInterval(() => {
      if (performance.now() - answeredAt > PING_MS + PING_TIMEOUT_MS) return session.destroy();
      if (!session.destroyed) session.ping(() => (answeredAt = performance.now()));
    }, PING_MS);
    timer.unref();
    session.on("error", () => {});
    session.on("close", () => {
      clearInterval(timer);
      this.#sessions.delete(session);
    });
    (session as unknown as { setLocalWindowSize(bytes: number): void }).setLocalWindowSize(CONNECTION_WINDOW_BYTES);
  }

  #beginRequest(socket: Duplex): void {
    this.#busy.set(socket, (this.#busy.get(socket) ?? 0) + 1);
    this.#keep(socket);
  }

  #endRequest(socket: Socket): void {
    const count = (this.#busy.get(socket) ?? 1) - 1;
    this.#busy.set(socket, count);
    if (count === 0) this.#destroyAfter(socket, IDLE_MS);
    if (count === 0 && !this.#server.listening) socket.end();
  }

  #destroyAfter(socket: Socket, milliseconds: number): void {
    this.#keep(socket);
    const timer = setTimeout(() => socket.destroy(), milliseconds);
    timer.unref();
    this.#timers.set(socket, timer);
  }

  #keep(socket: Duplex): void {
    clearTimeout(this.#timers.get(socket));
  }
}

/** @throws {RerunError} `INVALID_ARGUMENT` if the key or the certificate cannot be used */
function createEncrypted(tls: RelayTls, onConnection: (socket: Socket) => void): Server {
  const options = { ...tls, ALPNProtocols: ["h2", "http/1.1"], handshakeTimeout: REQUEST_MS };
  try {
    const server = createTls({ ...options, noDelay: true, keepAlive: true }, onConnection);
    server.on("tlsClientError", (_error, socket: TLSSocket) => socket.destroy());
    return server;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RerunError("INVALID_ARGUMENT", `\`tls\` cannot be used: ${reason}`, { cause: error, argument: "tls" });
  }
}

/** Why a port cannot be listened to, in words. */
export function listenError(error: NodeJS.ErrnoException, port: number, address: string): RerunError {
  const place = `${inUrl(address)}:${port}`;
  const reason =
    error.code === "EADDRINUSE"
      ? "it is in use, by a viewer or another server; `port: 0` takes one that is free"
      : error.code === "EACCES"
        ? "this program may not use it"
        : error.message;
  return new RerunError("SERVER", `cannot listen on ${place}: ${reason}`, { cause: error });
}
