import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import {
  FrameError,
  PROTOCOL_VERSION,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL,
  decodeFrame,
  encodeAck,
  encodeError,
  encodeWelcome,
  type Frame,
  type Hello,
} from "@rerun-ts/core/internal";
import { VERSION } from "@rerun-ts/core";
import { WebSocketServer, type WebSocket } from "ws";
import type { Access } from "../access.ts";
import { MAX_MESSAGE_BYTES, type IncompleteMessages } from "../frame-reader.ts";
import { answerText, type HttpCall } from "../http-call.ts";
import type { Relay } from "../relay.ts";
import { GRPC_STATUS, RelayRefusal } from "../relay-refusal.ts";
import { RecordTaker, invalid } from "./record-taker.ts";
import { WebSocketSessions, type WebSocketSession } from "./websocket-sessions.ts";

/** The end of the path of WebSockets. */
const PATH = "/ws";
/** How many bytes of records may be under way, of each client. */
const WINDOW_BYTES = 8 * 1024 * 1024;
/** The largest frame; larger records come in pieces. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** How long a client may take to say hello. */
const HELLO_MS = 10_000;
const PING_MS = 10_000;
const PING_TIMEOUT_MS = 20_000;
/** Reasons to close a WebSocket. Source: RFC 6455, 7.4.1. */
const GOING_AWAY = 1001;
const POLICY = 1008;
const TOO_LARGE = 1009;
const REPLACED = 4001;
/** The reason of a close has so many bytes at most. */
const MAX_REASON_BYTES = 120;
/** What browsers send when a page is left. */
const MAX_POST_BYTES = 64 * 1024;
const HTTP_STATUS: Readonly<Record<number, number>> = {
  [GRPC_STATUS.failedPrecondition]: 409,
  [GRPC_STATUS.resourceExhausted]: 413,
  [GRPC_STATUS.unauthenticated]: 401,
};

/** Whether this is where WebSockets come to, and what pages post. */
export function isWebSocketPath(url: string | undefined): boolean {
  return (url ?? "").split("?", 1)[0]?.endsWith(PATH) === true;
}

/** Takes data over WebSockets into a relay, as docs/websocket-protocol.md describes it. */
export class WebSocketService {
  /** Connections that were refused or ended because of what they sent. */
  refused = 0;
  readonly #relay: Relay;
  readonly #access: Access;
  readonly #incomplete: IncompleteMessages;
  readonly #sessions = new WebSocketSessions();
  readonly #server: WebSocketServer;

  constructor(relay: Relay, access: Access, incomplete: IncompleteMessages) {
    this.#relay = relay;
    this.#access = access;
    this.#incomplete = incomplete;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      handleProtocols: () => SUBPROTOCOL,
    });
  }

  /** Clients that are connected. */
  get writers(): number {
    return this.#server.clients.size;
  }

  /** Takes over a connection that was let in, or says with which status it is not. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): { status: string; reason: string } | undefined {
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
    if (!isWebSocketPath(request.url)) return { status: "404 Not Found", reason: `WebSockets are at ${PATH}` };
    if (!offered.includes(SUBPROTOCOL))
      return { status: "400 Bad Request", reason: `the subprotocol must be ${SUBPROTOCOL}` };
    if (
      !this.#accepts(
        offered.find((name) => name.startsWith(TOKEN_SUBPROTOCOL)),
        request.headers.authorization,
      )
    )
      return { status: "401 Unauthorized", reason: "the token for writing is missing or wrong" };
    this.#server.handleUpgrade(request, socket, head, (client) => this.#serve(client));
    return undefined;
  }

  /** Takes what a page posts when it is left. */
  post(call: HttpCall): void {
    const pieces: Buffer[] = [];
    let bytes = 0;
    call.request.on("data", (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= MAX_POST_BYTES) pieces.push(piece);
    });
    call.request.on("error", () => {});
    call.request.on("end", () => {
      try {
        if (bytes > MAX_POST_BYTES) throw new RelayRefusal(GRPC_STATUS.resourceExhausted, "this is too much");
        this.#takePosted(Buffer.concat(pieces));
        answerText(call, 204, "");
      } catch (error) {
        if (!(error instanceof RelayRefusal)) throw error;
        this.refused++;
        answerText(call, HTTP_STATUS[error.status] ?? 400, error.message);
      }
    });
  }

  /** Ends all connections; clients will look for the relay again. */
  close(): void {
    for (const client of this.#server.clients) {
      client.send(encodeError({ code: GRPC_STATUS.unavailable, message: "the relay ends" }));
      client.close(GOING_AWAY);
    }
  }

  #accepts(subprotocol: string | undefined, authorization?: string): boolean {
    if (subprotocol === undefined) return this.#access.acceptsHeader("write", authorization);
    const token = Buffer.from(subprotocol.slice(TOKEN_SUBPROTOCOL.length), "base64url").toString();
    return this.#access.acceptsToken("write", token);
  }

  #serve(client: WebSocket): void {
    let taker: RecordTaker | undefined;
    let session: WebSocketSession | undefined;
    const sayHello = setTimeout(() => this.#refuse(client, invalid("there was no hello")), HELLO_MS);
    sayHello.unref();
    const stopPinging = keepAlive(client);
    const end = (): void => client.close(REPLACED, "there is a newer connection");
    let isAcknowledging = false;
    const acknowledge = (): void => {
      isAcknowledging = false;
      if (session !== undefined) client.send(encodeAck({ next: session.next, window: WINDOW_BYTES }));
    };
    client.on("message", (data: Buffer, isBinary) => {
      if (client.readyState !== client.OPEN) return;
      try {
        const frame = readFrame(data, isBinary);
        if (taker === undefined) {
          session = this.#greet(client, expectHello(frame), end);
          taker = new RecordTaker(this.#relay, session, this.#incomplete);
          clearTimeout(sayHello);
          return;
        }
        if (frame.type !== "data" && frame.type !== "part") throw invalid(`a client may not send ${frame.type} here`);
        taker.take(frame);
        // What came together is acknowledged together.
        if (!isAcknowledging) setImmediate(acknowledge);
        isAcknowledging = true;
      } catch (error) {
        if (!(error instanceof RelayRefusal)) throw error;
        this.#refuse(client, error);
      }
    });
    client.on("error", () => {});
    client.on("close", () => {
      clearTimeout(sayHello);
      stopPinging();
      taker?.release();
      if (session?.endConnection !== end) return;
      session.endConnection = undefined;
      session.endedAt = performance.now();
    });
  }

  #greet(client: WebSocket, hello: Hello, end: () => void): WebSocketSession {
    const { session, isKnown } = this.#sessions.find(hello.session, hello.first);
    session.endConnection = end;
    client.send(
      encodeWelcome({
        version: PROTOCOL_VERSION,
        isResumed: isKnown,
        next: session.next,
        window: WINDOW_BYTES,
        maxRecordBytes: MAX_MESSAGE_BYTES,
        software: `rerun-ts ${VERSION}`,
      }),
    );
    return session;
  }

  /** Ends a connection with a reason. */
  #refuse(client: WebSocket, { status, message }: RelayRefusal): void {
    this.refused++;
    client.send(encodeError({ code: status, message }));
    const reason = Buffer.from(message)
      .subarray(0, MAX_REASON_BYTES)
      .toString()
      .replace(/\uFFFD$/, "");
    client.close(status === GRPC_STATUS.resourceExhausted ? TOO_LARGE : POLICY, reason);
  }

  #takePosted(body: Buffer): void {
    const frames = splitFrames(body).map((bytes) => readFrame(bytes, true));
    const hello = expectHello(frames.shift());
    if (!this.#accepts(hello.token ?? ""))
      throw new RelayRefusal(GRPC_STATUS.unauthenticated, "the token for writing is missing or wrong");
    const session = this.#sessions.peek(hello.session, hello.first);
    const taker = new RecordTaker(this.#relay, session, this.#incomplete);
    for (const frame of frames) {
      if (frame.type !== "data") throw invalid(`a page may not post ${frame.type}`);
      taker.take(frame);
    }
  }
}

function readFrame(data: Buffer, isBinary: boolean): Frame {
  if (!isBinary) throw invalid("a message of text came; all are binary");
  try {
    return decodeFrame(data);
  } catch (error) {
    if (error instanceof FrameError) throw invalid(error.message);
    throw error;
  }
}

function expectHello(frame: Frame | undefined): Hello {
  if (frame?.type !== "hello") throw invalid(`hello must come first, ${frame?.type ?? "nothing"} came`);
  if (frame.version === PROTOCOL_VERSION) return frame;
  const message = `version ${frame.version} of the protocol is not known, only ${PROTOCOL_VERSION} is`;
  throw new RelayRefusal(GRPC_STATUS.unimplemented, message);
}

/** Frames behind their lengths. */
function splitFrames(body: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const length = at + 4 <= body.length ? body.readUInt32BE(at) : Infinity;
    if (at + 4 + length > body.length) throw invalid("a frame is cut");
    frames.push(body.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return frames;
}

/** Ends a connection whose other side does not answer any more. Returns what stops that. */
function keepAlive(client: WebSocket): () => void {
  let heardAt = performance.now();
  const hear = (): void => void (heardAt = performance.now());
  client.on("pong", hear);
  client.on("message", hear);
  const timer = setInterval(() => {
    if (performance.now() - heardAt > PING_MS + PING_TIMEOUT_MS) client.terminate();
    else client.ping();
  }, PING_MS);
  timer.unref();
  return () => clearInterval(timer);
}
