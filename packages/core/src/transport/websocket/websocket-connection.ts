import { isArrayBuffer } from "../../checks/kind-of.ts";
import { concatBytes } from "../../bytes/concat-bytes.ts";
import { RerunError } from "../../errors/rerun-error.ts";
import { VERSION } from "../../version.ts";
import { GRPC_STATUS } from "../grpc-status.ts";
import type { ProxyUrl } from "../proxy-url.ts";
import { refusalCodeOf } from "../refusal-code.ts";
import { ProgramError, RefusedError, refusedByHttp } from "../refused-error.ts";
import {
  FrameError,
  PROTOCOL_VERSION,
  decodeFrame,
  encodeHello,
  offeredSubprotocols,
  type Ack,
  type ErrorFrame,
  type Frame,
  type Hello,
  type Welcome,
} from "./frames.ts";

/** Longest time that a relay may take to accept a connection and to send its welcome. */
const CONNECT_MS = 10_000;

/** The used part of a WebSocket: the platform's, or a compatible one. */
export interface WebSocketLike {
  binaryType: string;
  /** Bytes not written to the network yet. */
  readonly bufferedAmount?: number | undefined;
  addEventListener(type: "open" | "message" | "error" | "close", listener: (event: WebSocketEvent) => void): void;
  send(data: Uint8Array<ArrayBuffer>): void;
  /** Sends pieces as one message without joining them, if the platform can. */
  sendPieces?(pieces: readonly Uint8Array<ArrayBuffer>[]): void;
  close(code?: number, reason?: string): void;
  /** Closes the connection immediately, if the platform can. */
  terminate?(): void;
  /** The reason for a failed connection, if the platform knows more than its events. */
  readonly failure?: RerunError | undefined;
}

/** The facts about a connection that was refused. */
interface ConnectionFailure {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly error: RerunError | undefined;
}

/** The used part of a WebSocket's events. */
export interface WebSocketEvent {
  readonly data?: unknown;
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** The platform's `WebSocket`, or a compatible class. */
export type WebSocketClass = new (url: string, protocols: string[]) => WebSocketLike;

/** Creates a WebSocket that begins to connect. */
export type SocketMaker = (url: string, protocols: string[]) => WebSocketLike | Promise<WebSocketLike>;

/** A relay, and how to connect to it. */
export interface WebSocketTarget {
  readonly url: ProxyUrl;
  readonly makeSocket?: SocketMaker | undefined;
  /** A function is called for each connection. */
  readonly token?: WebSocketToken | (() => Promise<string | undefined>) | undefined;
  /**
   * Joins the pieces of a frame in memory that is reusable once `send` has returned, which browsers guarantee. Default:
   * new memory for each frame.
   */
  readonly join?: ((pieces: readonly Uint8Array[]) => Uint8Array<ArrayBuffer>) | undefined;
  /** Explains why a connection may have failed. */
  readonly connectionHint?: ((url: ProxyUrl) => string) | undefined;
}

/** A token, or a function that returns one. */
export type WebSocketToken = string | (() => string | Promise<string>);

/** Events of a {@link WebSocketConnection}. */
export interface WebSocketConnectionEvents {
  /** The hello frame was sent: from now on the relay may know the session. */
  onHello(): void;
  onAck(ack: Ack): void;
  /** An edge has all messages before this number. */
  onReceived(next: number): void;
  /** The connection has ended. `loss` is the reason. */
  onLoss(): void;
}

/** One connection to a relay. After a loss the writer opens another one. */
export class WebSocketConnection {
  /** Reason why the connection has ended. */
  loss: RerunError | undefined;
  #activeAt = performance.now();
  #bufferedBytes = 0;
  readonly #socket: WebSocketLike;
  readonly #target: WebSocketTarget;
  readonly #events: WebSocketConnectionEvents;
  /** Settles the wait for the relay's welcome. */
  #opening: { resolve(welcome: Welcome): void; reject(error: RerunError): void } | undefined;
  /** The platform's message about an error. Empty in pages. */
  #errorMessage = "";

  private constructor(socket: WebSocketLike, target: WebSocketTarget, events: WebSocketConnectionEvents) {
    this.#socket = socket;
    this.#target = target;
    this.#events = events;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.#onMessage(data));
    socket.addEventListener("error", ({ message = "" }) => (this.#errorMessage = message));
    socket.addEventListener("close", ({ code = 1006, reason = "" }) => this.#onClose(code, reason));
  }

  /** Connects, and waits for the relay's welcome. Rejects with `CONNECTION`, `AUTH`, `SERVER` or `UNSUPPORTED`. */
  static async open(
    target: WebSocketTarget,
    hello: Pick<Hello, "session" | "first" | "applicationId" | "recordingId">,
    signal: AbortSignal,
    events: WebSocketConnectionEvents,
  ): Promise<{ readonly connection: WebSocketConnection; readonly welcome: Welcome }> {
    const { url, token, makeSocket = makePlatformSocket } = target;
    const protocols = offeredSubprotocols(typeof token === "function" ? await token() : token);
    signal.throwIfAborted();
    const socket = await makeSocket(url.href, protocols);
    const connection = new WebSocketConnection(socket, target, events);
    const fail = (reason: string): void => connection.#fail(lost(url, reason));
    const onAbort = (): void => fail("aborted");
    const timer = setTimeout(() => fail("it does not respond"), CONNECT_MS);
    signal.addEventListener("abort", onAbort);
    socket.addEventListener("open", () => {
      connection.send(encodeHello({ ...hello, version: PROTOCOL_VERSION, software: `rerun-ts ${VERSION}` }));
      events.onHello();
    });
    try {
      const welcome = await new Promise<Welcome>((resolve, reject) => (connection.#opening = { resolve, reject }));
      return { connection, welcome };
    } finally {
      connection.#opening = undefined;
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Time when a frame was last received, or data was last seen to leave. */
  get lastActiveAt(): number {
    const { bufferedAmount = 0 } = this.#socket;
    if (bufferedAmount < this.#bufferedBytes) this.#activeAt = performance.now();
    this.#bufferedBytes = bufferedAmount;
    return this.#activeAt;
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    if (this.loss === undefined) this.#socket.send(frame);
  }

  /** Sends a frame that is in pieces. */
  sendPieces(pieces: readonly Uint8Array<ArrayBuffer>[]): void {
    if (this.loss !== undefined) return;
    const { join = concatBytes } = this.#target;
    if (this.#socket.sendPieces === undefined) this.#socket.send(join(pieces));
    else this.#socket.sendPieces(pieces);
  }

  /** Closes the connection cleanly. */
  close(): void {
    this.loss ??= lost(this.#target.url, "the connection was closed");
    this.#socket.close(1000);
  }

  /** Closes the connection immediately. */
  abort(): void {
    this.loss ??= lost(this.#target.url, "aborted");
    if (this.#socket.terminate === undefined) this.#socket.close();
    else this.#socket.terminate();
  }

  #onMessage(data: unknown): void {
    this.#activeAt = performance.now();
    const frame = read(data);
    if (frame?.type === "error") this.#fail(rejected(this.#target.url, frame));
    else if (this.#opening !== undefined && frame?.type === "welcome") this.#opening.resolve(frame);
    else if (this.#opening === undefined && frame?.type === "ack") this.#events.onAck(frame);
    else if (this.#opening === undefined && frame?.type === "received") this.#events.onReceived(frame.next);
    else this.#fail(notARelay(this.#target.url));
  }

  #onClose(code: number, reason: string): void {
    const isRefused = this.#opening !== undefined;
    const { url } = this.#target;
    const failure = { code, reason, message: this.#errorMessage, error: this.#socket.failure };
    this.#fail(isRefused ? refused(this.#target, failure) : closed(url, code, reason));
  }

  #fail(loss: RerunError): void {
    if (this.loss !== undefined) return;
    this.loss = loss;
    this.abort();
    if (this.#opening === undefined) this.#events.onLoss();
    else this.#opening.reject(loss);
  }
}

function makePlatformSocket(url: string, protocols: string[]): WebSocketLike {
  const { WebSocket } = globalThis as { WebSocket?: WebSocketClass };
  if (WebSocket !== undefined) return new WebSocket(url, protocols);
  throw new ProgramError("UNSUPPORTED", "this platform has no WebSocket; pass a class as the option `WebSocket`");
}

function read(data: unknown): Frame | undefined {
  if (!isArrayBuffer(data)) return undefined;
  try {
    return decodeFrame(new Uint8Array(data));
  } catch (error) {
    if (error instanceof FrameError) return undefined;
    throw error;
  }
}

function lost({ href }: ProxyUrl, reason: string): RerunError {
  return new RerunError("CONNECTION", `cannot connect to ${href}: ${reason}`);
}

/** Something else answers in the place of a relay, for example a page of a proxy, or another server. */
function notARelay({ href }: ProxyUrl): RerunError {
  return new RefusedError("UNSUPPORTED", `${href} is not a relay for Rerun data: it does not speak the protocol`);
}

/** The error for an error frame. After a failed precondition, the session must be resumed again. */
function rejected({ href }: ProxyUrl, { code, message }: ErrorFrame): RerunError {
  const text = `${href} rejected the data: ${message} (gRPC status ${code})`;
  return new RefusedError(code === GRPC_STATUS.failedPrecondition ? "CONNECTION" : refusalCodeOf(code), text);
}

/** The reason for a failed connection. Browsers hide it, but other platforms have a message, or the answer. */
function refused(
  { url, connectionHint }: WebSocketTarget,
  { code, reason, message, error }: ConnectionFailure,
): RerunError {
  if (error !== undefined) return error;
  const status = /server response: (\d+)/.exec(message)?.[1];
  if (status !== undefined) return refusedByHttp(url.href, { status: Number(status) });
  if (message !== "") return lost(url, message);
  if (code !== 1006) return closed(url, code, reason);
  return lost(url, `the connection was refused or lost${connectionHint?.(url) ?? ""}`);
}

function closed(url: ProxyUrl, code: number, reason: string): RerunError {
  return lost(url, `the connection was closed with code ${code}${reason === "" ? "" : ` (${reason})`}`);
}
