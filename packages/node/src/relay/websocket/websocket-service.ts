import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Http2ServerRequest } from "node:http2";
import { GRPC_STATUS, SUBPROTOCOL, TOKEN_SUBPROTOCOL, type Hello } from "@rerun-ts/core/transport";
import { WebSocketServer } from "ws";
import type { AccessControl, Granted } from "../http/access-control.ts";
import { BodyTimer } from "../http/body-timer.ts";
import { respondNothing, respondText, type HttpExchange } from "../http/http-exchange.ts";
import { NO_RESERVATION, type ReceiveMemory } from "../receive-memory.ts";
import type { Relay } from "../relay.ts";
import { RelayError } from "../relay-error.ts";
import { RecordReceiver, invalidFrame } from "./record-receiver.ts";
import { ClientWebSocket, type ConnectionContext, expectHello, readFrame } from "./client-websocket.ts";
import { WebSocketSessions, type WebSocketSession } from "./websocket-sessions.ts";

/** The last part of the path of WebSockets. */
const PATH = "/ws";
/** The maximum size of a frame. Larger records are sent in parts. */
const MAX_FRAME_BYTES = 2 * 1024 * 1024;
/** The maximum size of a posted body: browsers limit keepalive requests to this. */
const MAX_POST_BYTES = 64 * 1024;
/** The maximum size of its hello frame, the time for that frame, and the time without progress for the rest. */
const MAX_HELLO_BYTES = 4 * 1024;
const POST_SECONDS = 10;
/** The HTTP status for the gRPC status of an error. Others have 400. */
const HTTP_STATUS: Readonly<Record<number, number>> = {
  [GRPC_STATUS.failedPrecondition]: 409,
  [GRPC_STATUS.resourceExhausted]: 413,
  [GRPC_STATUS.unauthenticated]: 401,
  [GRPC_STATUS.permissionDenied]: 403,
  [GRPC_STATUS.deadlineExceeded]: 408,
  [GRPC_STATUS.internal]: 500,
  [GRPC_STATUS.unavailable]: 503,
};

/** A post whose first frame was accepted. */
interface BegunPost {
  readonly hello: Hello;
  readonly granted: Granted;
}

/** The subprotocols that a request for a WebSocket offers. */
export function subprotocolsOf({ headers }: IncomingMessage): readonly string[] {
  return (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
}

/** Whether a URL has the path for WebSockets and for the keepalive requests of pages. */
export function isWebSocketPath(url: string | undefined): boolean {
  return (url ?? "").split("?", 1)[0]?.endsWith(PATH) === true;
}

/**
 * Receives data over WebSockets and writes it to a relay; docs/websocket-protocol.md describes the protocol.
 * Acknowledgements are sent while data flows, once for all records that arrive in one iteration of the event loop. A
 * session outlives its connection, so that a client can resume it. A newer connection of a session replaces the older
 * one.
 *
 * The service also receives the keepalive requests of pages that are unloaded. A frame that violates the protocol
 * closes the connection with a reason. Records before it stay accepted.
 */
export class WebSocketService {
  /** The number of connections and posts that were rejected, or closed because of an error. */
  rejected = 0;
  readonly #relay: Relay;
  readonly #access: AccessControl;
  readonly #sessions: WebSocketSessions;
  readonly #context: ConnectionContext;
  readonly #server: WebSocketServer;
  readonly #connections = new Set<ClientWebSocket>();

  constructor(relay: Relay, access: AccessControl, memory: ReceiveMemory) {
    this.#relay = relay;
    this.#access = access;
    this.#sessions = new WebSocketSessions(
      (sequence) => relay.openUpstream(sequence),
      () => relay.storeFailures,
    );
    this.#context = { relay, memory, sessions: this.#sessions, onRejected: () => this.rejected++ };
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      handleProtocols: () => SUBPROTOCOL,
    });
  }

  /** The number of connected clients. */
  get writers(): number {
    return this.#connections.size;
  }

  /**
   * Completes the handshake of a WebSocket whose host and origin are allowed, or returns the status and reason of its
   * rejection.
   */
  upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    offered: readonly string[],
    accept: () => void,
  ): { status: string; reason: string } | undefined {
    if (!isWebSocketPath(request.url)) return { status: "404 Not Found", reason: `the path for WebSockets is ${PATH}` };
    if (!offered.includes(SUBPROTOCOL))
      return { status: "400 Bad Request", reason: `the subprotocol must be ${SUBPROTOCOL}` };
    const token = offered.find((name) => name.startsWith(TOKEN_SUBPROTOCOL));
    const granted = this.#grant(token, request.headers.authorization);
    if (granted === undefined)
      return { status: "401 Unauthorized", reason: "the token for writing is missing or wrong" };
    accept();
    this.#server.handleUpgrade(request, socket, head, (client) => {
      const connection = new ClientWebSocket(client, socket as Socket, this.#context, granted.allows);
      this.#connections.add(connection);
      client.on("close", () => this.#connections.delete(connection));
    });
    return undefined;
  }

  /**
   * Receives the keepalive request of a page that is unloaded. Its token is in the hello frame, because such a request
   * has no custom headers. A request that does not begin with a hello frame is dropped.
   */
  post(call: HttpExchange): void {
    const { request, isHttp2 } = call;
    const body = isHttp2 ? (request as Http2ServerRequest).stream : request;
    const pieces: Buffer[] = [];
    let bytes = 0;
    let begun: BegunPost | undefined;
    const attempt = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        end();
        this.#rejectPost(call, RelayError.from(error));
      }
    };
    const onData = (piece: Buffer): void =>
      attempt(() => {
        checkPostSize((bytes += piece.length));
        pieces.push(piece);
        begun ??= this.#acceptHello(Buffer.concat(pieces));
        if (begun === undefined) return;
        call.accept("write");
        timer.reset();
      });
    const onEnd = (): void => {
      end();
      attempt(() => {
        const { upstream, failuresBefore } = this.#receivePost(Buffer.concat(pieces), begun);
        if (upstream !== undefined) return upstream.whenStored(() => respondNothing(call));
        this.#relay.whenStored(failuresBefore, (error) => {
          if (error === undefined) respondNothing(call);
          else this.#rejectPost(call, error);
        });
      });
    };
    const timer = new BodyTimer(POST_SECONDS, () =>
      attempt(() => {
        throw new RelayError(GRPC_STATUS.deadlineExceeded, "the request came too slowly");
      }),
    );
    const end = (): void => {
      timer.stop();
      body.off("data", onData).off("end", onEnd);
    };
    body.on("error", () => {}).on("close", () => timer.stop());
    attempt(() => {
      checkPostSize(Number(request.headers["content-length"] ?? 0));
      const { authorization } = request.headers;
      if (authorization !== undefined && this.#access.grantOfHeader("write", authorization) === undefined)
        throw unauthenticated();
      body.on("data", onData).on("end", onEnd);
    });
  }

  /** Closes all connections. Clients try to reconnect. */
  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #grant(subprotocol: string | undefined, authorization?: string): Granted | undefined {
    if (subprotocol === undefined) return this.#access.grantOfHeader("write", authorization);
    const token = Buffer.from(subprotocol.slice(TOKEN_SUBPROTOCOL.length), "base64url").toString();
    return this.#access.grant("write", token);
  }

  #rejectPost(call: HttpExchange, { status, message }: RelayError): void {
    this.rejected++;
    respondText(call, HTTP_STATUS[status] ?? 400, message);
  }

  /**
   * The hello frame at the beginning of a body, as soon as it is complete.
   * @throws {RelayError} if the frame is not accepted
   */
  #acceptHello(received: Buffer): BegunPost | undefined {
    const length = received.length < 4 ? 0 : received.readUInt32BE(0);
    if (length > MAX_HELLO_BYTES)
      throw invalidFrame(`expected a hello frame first, received a frame of ${length} bytes`);
    if (received.length < 4 + length || received.length < 4) return undefined;
    const hello = expectHello(readFrame(received.subarray(4, 4 + length), true));
    const granted = this.#grant(hello.token ?? "");
    if (granted === undefined) throw unauthenticated();
    return { hello, granted };
  }

  #receivePost(body: Buffer, begun: BegunPost | undefined): WebSocketSession {
    if (begun === undefined) throw invalidFrame("expected hello first, received nothing");
    const { hello, granted } = begun;
    const session = this.#sessions.peek(hello.session, hello.first, this.#relay.isEdge);
    const receiver = new RecordReceiver(this.#relay, session, NO_RESERVATION, granted.allows);
    for (const bytes of splitFrames(body).slice(1)) {
      const frame = readFrame(bytes, true);
      if (frame.type !== "data") throw invalidFrame(`expected data in a post, received ${frame.type}`);
      receiver.receive(frame);
    }
    return session;
  }
}

function unauthenticated(): RelayError {
  return new RelayError(GRPC_STATUS.unauthenticated, "the token for writing is missing or wrong");
}

/** @throws {RelayError} if a body is too large */
function checkPostSize(bytes: number): void {
  if (bytes > MAX_POST_BYTES)
    throw new RelayError(GRPC_STATUS.resourceExhausted, `a post is larger than ${MAX_POST_BYTES} bytes`);
}

/**
 * Splits a posted body into frames, each of which follows its length (`u32`).
 * @throws {RelayError} if one is truncated
 */
function splitFrames(body: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const length = at + 4 <= body.length ? body.readUInt32BE(at) : Infinity;
    if (at + 4 + length > body.length) throw invalidFrame("a frame is truncated");
    frames.push(body.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return frames;
}
