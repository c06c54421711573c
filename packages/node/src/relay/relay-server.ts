import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { EncodedMessage } from "@rerun-ts/core";
import { finishesWithin } from "@rerun-ts/core/util";
import { AccessControl, type AccessControlOptions } from "./http/access-control.ts";
import { setCorsHeaders, setPreflightHeaders } from "./http/cors.ts";
import { GrpcService } from "./grpc/grpc-service.ts";
import type { RelayStats } from "./relay-stats.ts";
import {
  respondJson,
  respondText,
  endResponse,
  type HttpExchange,
  type IncomingRequest,
} from "./http/http-exchange.ts";
import { HttpListener, type RelayTls } from "./http/http-listener.ts";
import { ReceiveMemory } from "./receive-memory.ts";
import { Relay, type RelayOptions } from "./relay.ts";
import { WebSocketService, isWebSocketPath } from "./websocket/websocket-service.ts";

/** Options of a {@link RelayServer}, complete and checked. */
export interface RelayServerOptions extends RelayOptions, AccessControlOptions {
  readonly port: number;
  readonly tls: RelayTls | undefined;
  /** Default 10,000. */
  readonly maxConnections?: number | undefined;
}

/** Refused names and origins that are reported, each once. */
const MAX_REPORTS = 100;
/** Longest time that a client may take to receive the rejection of its WebSocket. */
const REJECT_MS = 1000;
/** Longest time that connections may take to end by themselves before they are destroyed. */
const CLOSE_GRACE_MS = 500;

/**
 * A {@link Relay} with a port, and all protocols on it: gRPC, gRPC-web, WebSockets, `/healthz` and `/stats`. Each
 * request is checked by {@link AccessControl} before anything else happens. The server runs in the thread that creates
 * it: in the worker of a `WorkerRelay`, in the calling thread of a `LocalRelay`, or in the command line.
 */
export class RelayServer {
  readonly relay: Relay;
  readonly access: AccessControl;
  readonly #options: RelayServerOptions;
  readonly #grpc: GrpcService;
  readonly #webSocket: WebSocketService;
  readonly #listener: HttpListener;
  readonly #onRefused: (reason: string) => void;
  readonly #reported = new Set<string>();
  #rejected = 0;

  /** @param onRefused receives each reason why a host name or an origin was refused, once */
  constructor(options: RelayServerOptions, onRefused: (reason: string) => void = () => {}) {
    this.#options = options;
    this.#onRefused = onRefused;
    this.relay = new Relay(options);
    this.access = new AccessControl(options);
    const memory = new ReceiveMemory();
    this.#grpc = new GrpcService(this.relay, this.access, memory);
    this.#webSocket = new WebSocketService(this.relay, this.access, memory);
    this.#listener = new HttpListener(
      {
        onCall: (call) => this.#handle(call),
        onUpgrade: (...upgrade) => this.#upgrade(...upgrade),
      },
      options.tls,
      options.maxConnections,
    );
  }

  /** Starts to listen, and returns the port. Rejects with `LISTEN_FAILED` if that fails. */
  listen(): Promise<number> {
    return this.#listener.listen(this.#options.port, this.#options.bindIp);
  }

  /** Lets the process end although the server listens. */
  unref(): void {
    this.#listener.unref();
  }

  /** Accepts a message of a recording of this process, and copies it. @throws {RelayError} if the relay rejects it */
  write({ kind, payload, isStatic, storeId }: EncodedMessage): void {
    this.relay.writeEncoded({ kind, payload, isStatic, isBlueprint: storeId.kind === "blueprint" });
  }

  stats(): RelayStats {
    const { relay } = this;
    return {
      readers: relay.readers.size,
      writers: this.#grpc.writers + this.#webSocket.writers,
      connections: this.#listener.connections,
      heldMessages: relay.history.count,
      heldBytes: relay.history.bytes,
      receivedMessages: relay.receivedMessages,
      receivedBytes: relay.receivedBytes,
      sentBytes: this.#grpc.counters.sentBytes,
      duplicates: relay.duplicates,
      droppedReaders: relay.droppedReaders,
      lastDropReason: relay.lastDropReason,
      refused: this.#grpc.rejected + this.#webSocket.rejected + this.#rejected,
    };
  }

  /** Closes the port and all connections at once. */
  destroy(): void {
    this.#listener.destroy();
  }

  /**
   * Shuts down cleanly: sends readers the pending messages, for at most `timeoutMs`, and closes all connections.
   * Resolves to whether all readers have received everything.
   */
  async close(timeoutMs: number): Promise<boolean> {
    // Even if the server was unreferenced, the process must live until the readers are served.
    this.#listener.ref();
    this.#listener.retire();
    this.#webSocket.close();
    const isDone = await finishesWithin(timeoutMs, this.relay.end());
    this.#listener.retire();
    await finishesWithin(Math.min(CLOSE_GRACE_MS, timeoutMs), this.#listener.ended());
    this.#listener.destroy();
    await this.#listener.ended();
    return isDone;
  }

  #handle(call: HttpExchange): void {
    const { request, response } = call;
    const reason = this.#rejectionReason(request);
    if (reason !== undefined) {
      if (this.#grpc.refuse(call, reason)) return;
      this.#rejected++;
      return respondText(call, 403, reason);
    }
    setCorsHeaders(request, response);
    if (request.method === "OPTIONS") {
      setPreflightHeaders(request, response);
      response.statusCode = 200;
      return endResponse(response);
    }
    const path = (request.url ?? "").split("?", 1)[0] as string;
    if (request.method === "GET" || request.method === "HEAD") return this.#respondStatus(call, path);
    if (request.method === "POST" && isWebSocketPath(path)) return this.#webSocket.post(call);
    this.#grpc.handle(call);
  }

  /** Responds to GET requests, which monitoring tools send. */
  #respondStatus(call: HttpExchange, path: string): void {
    if (path === "/healthz") return respondText(call, 200, "ok");
    if (path !== "/stats") return respondText(call, 404, "not found; this Rerun server has /healthz and /stats");
    if (this.access.grantOfHeader("read", call.request.headers.authorization) === undefined) {
      this.#rejected++;
      call.response.setHeader("www-authenticate", "Bearer");
      return respondText(call, 401, "the token for reading is missing or wrong");
    }
    respondJson(call, this.stats());
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, accept: () => void): void {
    const reason = this.#rejectionReason(request);
    const rejection =
      reason === undefined
        ? this.#webSocket.upgrade(request, socket, head, accept)
        : { status: "403 Forbidden", reason };
    if (rejection === undefined) return;
    this.#rejected++;
    const text = `${rejection.reason}\n`;
    // The client may never close its side.
    setTimeout(() => socket.destroy(), REJECT_MS).unref();
    socket.end(
      `HTTP/1.1 ${rejection.status}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    );
  }

  /** The reason to reject a request with status 403, or `undefined` if the request is allowed. */
  #rejectionReason({ headers, socket }: IncomingRequest): string | undefined {
    const reason = this.access.rejectionReason({
      host: (headers[":authority"] as string | undefined) ?? headers.host,
      origin: headers.origin,
      localAddress: socket.localAddress,
    });
    if (reason === undefined || this.#reported.has(reason) || this.#reported.size >= MAX_REPORTS) return reason;
    this.#reported.add(reason);
    this.#onRefused(reason);
    return reason;
  }
}
