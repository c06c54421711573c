import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { EncodedMessage } from "@rerun-ts/core";
import { finishesWithin } from "@rerun-ts/core/util";
import { messageOf } from "@rerun-ts/core/checks";
import { CONTROLS_SUBPROTOCOL } from "@rerun-ts/core/transport";
import { ControlService, isControlsPath } from "./controls/control-service.ts";
import { AccessControl, type AccessControlOptions } from "./http/access-control.ts";
import type { AllowedStores } from "./http/access-grants.ts";
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
import { WebSocketService, isWebSocketPath, subprotocolsOf } from "./websocket/websocket-service.ts";

/** Options of a {@link RelayServer}, complete and checked. */
export interface RelayServerOptions extends RelayOptions, AccessControlOptions {
  readonly port: number;
  readonly tls: RelayTls | undefined;
  /** Default 10,000. */
  readonly maxConnections?: number | undefined;
}

/** A dump that a client has asked for. */
export interface ServedDump {
  readonly rrd: Uint8Array;
  /** The file that the relay has written, if it writes files. */
  readonly file: string | undefined;
}

/**
 * Makes a dump for a client. `undefined`: dumps come too fast.
 *
 * @param allows the stores that the client may read. A client without the right to read gets no data
 */
export type MakeDump = (reason: string, allows: AllowedStores) => Promise<ServedDump | undefined>;

/** The seconds after which a client that asks too fast may ask again. */
const DUMP_SECONDS = 10;
const MAX_REASON_LENGTH = 200;

/** Refused names and origins that are reported, each once. */
const MAX_REPORTS = 100;
/** Nobody behind an edge can tell who controls. */
const NO_CONTROL = "this relay only forwards: controls need the relay of the program";
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
  readonly #controls: ControlService;
  readonly #listener: HttpListener;
  readonly #onRefused: (reason: string) => void;
  readonly #reported = new Set<string>();
  #rejected = 0;
  /** Answers `POST /dump`. Default: the path does not exist. */
  onDump: MakeDump | undefined;

  /** @param onRefused receives each reason why a host name or an origin was refused, once */
  constructor(options: RelayServerOptions, onRefused: (reason: string) => void = () => {}) {
    this.#options = options;
    this.#onRefused = onRefused;
    this.relay = new Relay(options);
    this.access = new AccessControl(options);
    const memory = new ReceiveMemory();
    this.#grpc = new GrpcService(this.relay, this.access, memory);
    this.#webSocket = new WebSocketService(this.relay, this.access, memory);
    this.#controls = new ControlService(this.access);
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
      refused: this.#grpc.rejected + this.#webSocket.rejected + this.#controls.rejected + this.#rejected,
    };
  }

  /** Closes the port and all connections immediately. */
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
    this.#controls.close();
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
    if (isControlsPath(path)) return this.#control(call, path);
    if (request.method === "GET" || request.method === "HEAD") return this.#respondStatus(call, path);
    if (request.method === "POST" && path === "/dump" && this.onDump !== undefined)
      return void this.#dump(call, this.onDump);
    if (request.method === "POST" && isWebSocketPath(path)) return this.#webSocket.post(call);
    this.#grpc.handle(call);
  }

  #control(call: HttpExchange, path: string): void {
    if (this.relay.isEdge) return respondText(call, 403, NO_CONTROL);
    this.#controls.handle(call, path);
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

  /** A client that may write can ask for a dump, but only one that may read gets its data. */
  async #dump(call: HttpExchange, dump: MakeDump): Promise<void> {
    const { request, response } = call;
    request.resume();
    const { authorization } = request.headers;
    if (this.access.grantOfHeader("write", authorization) === undefined) {
      this.#rejected++;
      response.setHeader("www-authenticate", "Bearer");
      return respondText(call, 401, "the token for writing is missing or wrong");
    }
    const reader = this.access.grantOfHeader("read", authorization);
    const query = new URL(request.url ?? "", "http://relay").searchParams;
    const reason = (query.get("reason") ?? "").slice(0, MAX_REASON_LENGTH) || "POST /dump";
    try {
      const made = await dump(reason, reader?.allows);
      if (made === undefined) {
        response.setHeader("retry-after", DUMP_SECONDS);
        return respondText(call, 429, `dumps come too fast; the next one is possible after ${DUMP_SECONDS} seconds`);
      }
      if (made.file !== undefined) response.setHeader("x-rerun-dump", encodeURIComponent(made.file));
      if (reader === undefined) return respondJson(call, { reason, bytes: made.rrd.byteLength });
      response.setHeader("content-type", "application/x-rerun");
      response.setHeader("content-length", made.rrd.byteLength);
      endResponse(response, Buffer.from(made.rrd.buffer, made.rrd.byteOffset, made.rrd.byteLength));
    } catch (error) {
      respondText(call, 500, `the dump failed: ${messageOf(error)}`);
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, accept: () => void): void {
    const reason = this.#rejectionReason(request);
    const protocols = subprotocolsOf(request);
    const isControl = protocols.includes(CONTROLS_SUBPROTOCOL) && isWebSocketPath(request.url);
    if (reason === undefined && isControl && !this.relay.isEdge)
      return this.#controls.upgrade(request, socket, head, protocols, accept);
    const rejection =
      reason !== undefined || isControl
        ? { status: "403 Forbidden", reason: reason ?? NO_CONTROL }
        : this.#webSocket.upgrade(request, socket, head, protocols, accept);
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
