import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { EncodedMessage } from "@rerun-ts/core";
import { Access, type AccessOptions } from "./access.ts";
import { setCorsHeaders, setPreflightHeaders } from "./cors.ts";
import { IncompleteMessages } from "./frame-reader.ts";
import { GrpcService } from "./grpc-service.ts";
import type { RelayStats } from "./health.ts";
import { answerJson, answerText, endResponse, type HttpCall, type HttpRequest } from "./http-call.ts";
import { OnePort, type RelayTls } from "./one-port.ts";
import { Relay, type RelayOptions } from "./relay.ts";
import { WebSocketService, isWebSocketPath } from "./websocket/websocket-service.ts";

/** What a {@link RelayServer} is made of. */
export interface RelayServerOptions extends RelayOptions, AccessOptions {
  readonly port: number;
  readonly tls: RelayTls | undefined;
}

/** How long connections may take to end by themselves. */
const GRACE_MS = 500;

/** A relay with its port, in the thread that it is made in. */
export class RelayServer {
  readonly relay: Relay;
  readonly access: Access;
  readonly #options: RelayServerOptions;
  readonly #grpc: GrpcService;
  readonly #webSocket: WebSocketService;
  readonly #port: OnePort;
  #refused = 0;

  constructor(options: RelayServerOptions) {
    this.#options = options;
    this.relay = new Relay(options);
    this.access = new Access(options);
    const incomplete = new IncompleteMessages();
    this.#grpc = new GrpcService(this.relay, this.access, incomplete);
    this.#webSocket = new WebSocketService(this.relay, this.access, incomplete);
    this.#port = new OnePort(
      {
        onCall: (call) => this.#answer(call),
        onUpgrade: (request, socket, head) => this.#upgrade(request, socket, head),
      },
      options.tls,
    );
  }

  /** Begins to listen; returns the port. Rejects with `SERVER` if it cannot. */
  listen(): Promise<number> {
    return this.#port.listen(this.#options.port, this.#options.bindIp);
  }

  unref(): void {
    this.#port.unref();
  }

  /** Takes a message of a recording of this program. */
  write({ kind, payload, isStatic, storeId }: EncodedMessage): void {
    this.relay.writeEncoded({ kind, payload, isStatic, isBlueprint: storeId.kind === "blueprint" });
  }

  stats(): RelayStats {
    const { relay } = this;
    return {
      readers: relay.readers.size,
      writers: this.#grpc.writers + this.#webSocket.writers,
      connections: this.#port.connections,
      heldMessages: relay.history.count,
      heldBytes: relay.history.bytes,
      receivedMessages: relay.receivedMessages,
      receivedBytes: relay.receivedBytes,
      sentBytes: this.#grpc.counts.sentBytes,
      duplicates: relay.duplicates,
      droppedReaders: relay.droppedReaders,
      lastDropReason: relay.lastDropReason,
      refused: this.#grpc.refused + this.#webSocket.refused + this.#refused,
    };
  }

  /** Ends at once. */
  destroy(): void {
    this.#port.destroy();
  }

  /** Sends all readers what they have not got, for so long at most, and ends all connections. */
  async close(timeoutMs: number): Promise<void> {
    const time = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
    // Now there is something to wait for, however little the server mattered before.
    this.#port.ref();
    this.#port.retire();
    this.#webSocket.close();
    await Promise.race([this.relay.end(), time]);
    this.#port.retire();
    const grace = new Promise<void>((resolve) => setTimeout(resolve, Math.min(GRACE_MS, timeoutMs)));
    await Promise.race([this.#port.ended(), grace]);
    this.#port.destroy();
    await this.#port.ended();
  }

  #answer(call: HttpCall): void {
    const { request, response } = call;
    const reason = this.#refusal(request);
    if (reason !== undefined) {
      this.#refused++;
      return answerText(call, 403, reason);
    }
    setCorsHeaders(request, response);
    if (request.method === "OPTIONS") {
      setPreflightHeaders(request, response);
      response.statusCode = 200;
      return endResponse(response);
    }
    const [path, query = ""] = (request.url ?? "").split("?", 2) as [string, string?];
    if (request.method === "GET" || request.method === "HEAD") return this.#tell(call, path, query);
    if (request.method === "POST" && isWebSocketPath(path)) return this.#webSocket.post(call);
    this.#grpc.handle(call);
  }

  /** Answers people and their tools. */
  #tell(call: HttpCall, path: string, _query: string): void {
    if (path === "/healthz") return answerText(call, 200, "ok");
    if (path !== "/stats") return answerText(call, 404, "this is a server for Rerun: it has /healthz and /stats");
    if (!this.access.acceptsHeader("read", call.request.headers.authorization)) {
      this.#refused++;
      call.response.setHeader("www-authenticate", "Bearer");
      return answerText(call, 401, "the token for reading is missing or wrong");
    }
    answerJson(call, this.stats());
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const reason = this.#refusal(request);
    const refusal =
      reason === undefined ? this.#webSocket.upgrade(request, socket, head) : { status: "403 Forbidden", reason };
    if (refusal === undefined) return;
    this.#refused++;
    const text = `${refusal.reason}\n`;
    socket.end(
      `HTTP/1.1 ${refusal.status}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    );
  }

  /** Why a request is not let in. */
  #refusal({ headers, socket }: HttpRequest): string | undefined {
    return this.access.refusal({
      host: (headers[":authority"] as string | undefined) ?? headers.host,
      origin: headers.origin,
      localAddress: socket.localAddress,
    });
  }
}
