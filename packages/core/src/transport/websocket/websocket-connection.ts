import { RerunError } from "../../errors.ts";
import { VERSION } from "../../version.ts";
import { whatToDo } from "../what-to-do.ts";
import type { ProxyUrl } from "../proxy-url.ts";
import {
  FrameError,
  PROTOCOL_VERSION,
  decodeFrame,
  encodeHello,
  join,
  offeredSubprotocols,
  type Ack,
  type ErrorFrame,
  type Frame,
  type Hello,
  type Welcome,
} from "./frames.ts";

/** How long a relay may take to accept a connection, and then to say its first word. */
const CONNECT_MS = 10_000;

/** What is used of a WebSocket: the platform's own, or another one like it. */
export interface WebSocketLike {
  binaryType: string;
  addEventListener(type: "open" | "message" | "error" | "close", listener: (event: WebSocketEvent) => void): void;
  send(data: Uint8Array<ArrayBuffer>): void;
  /** Sends pieces as one message without joining them, where the platform can. */
  sendPieces?(pieces: readonly Uint8Array<ArrayBuffer>[]): void;
  close(code?: number, reason?: string): void;
  /** Ends it at once, where the platform can. */
  terminate?(): void;
}

/** What is used of the events of a WebSocket. */
export interface WebSocketEvent {
  readonly data?: unknown;
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** The platform's `WebSocket`, or another class like it. */
export type WebSocketClass = new (url: string, protocols: string[]) => WebSocketLike;

/** Begins to connect. */
export type SocketMaker = (url: string, protocols: string[]) => WebSocketLike | Promise<WebSocketLike>;

/** A relay, and how to reach it. */
export interface WebSocketTarget {
  readonly url: ProxyUrl;
  readonly makeSocket?: SocketMaker | undefined;
  /** A function is asked at each connection. */
  readonly token?: WebSocketToken | undefined;
}

export type WebSocketToken = string | (() => string | Promise<string>);

/** gRPC's codes. */
const AUTH_CODES: ReadonlySet<number> = new Set([7, 16]);
const PASSING_CODES: ReadonlySet<number> = new Set([9, 14]);
const UNIMPLEMENTED = 12;

/** What a {@link WebSocketConnection} tells once the relay has said its first word. */
export interface WebSocketConnectionEvents {
  onAck(ack: Ack): void;
  /** It is over; `loss` says why. */
  onLoss(): void;
}

/** A connection to a relay. */
export class WebSocketConnection {
  /** When something was last heard. */
  heardAt: number = performance.now();
  /** Why it is over. */
  loss: RerunError | undefined;
  readonly #socket: WebSocketLike;
  readonly #url: ProxyUrl;
  readonly #events: WebSocketConnectionEvents;
  /** What hears of the relay's first word, or that there is none. */
  #opening: { resolve(welcome: Welcome): void; reject(error: RerunError): void } | undefined;
  /** What the platform tells of errors; pages hear nothing. */
  #said = "";

  private constructor(socket: WebSocketLike, url: ProxyUrl, events: WebSocketConnectionEvents) {
    this.#socket = socket;
    this.#url = url;
    this.#events = events;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.#hear(data));
    socket.addEventListener("error", ({ message = "" }) => (this.#said = message));
    socket.addEventListener("close", ({ code = 1006, reason = "" }) => this.#hearClose(code, reason));
  }

  /** Connects, and waits for the relay's welcome. Rejects with `CONNECTION`, `AUTH`, `SERVER` or `UNSUPPORTED`. */
  static async open(
    { url, token, makeSocket = makePlatformSocket }: WebSocketTarget,
    hello: Pick<Hello, "session" | "first" | "applicationId" | "recordingId">,
    signal: AbortSignal,
    events: WebSocketConnectionEvents,
  ): Promise<{ readonly connection: WebSocketConnection; readonly welcome: Welcome }> {
    const protocols = offeredSubprotocols(typeof token === "function" ? await token() : token);
    signal.throwIfAborted();
    const socket = await makeSocket(url.href, protocols);
    const connection = new WebSocketConnection(socket, url, events);
    const giveUp = (reason: string): void => connection.#lose(lost(url, reason));
    const onAbort = (): void => giveUp("it was given up");
    const timer = setTimeout(() => giveUp("it does not answer"), CONNECT_MS);
    signal.addEventListener("abort", onAbort);
    socket.addEventListener("open", () =>
      connection.send(encodeHello({ ...hello, version: PROTOCOL_VERSION, software: `rerun-ts ${VERSION}` })),
    );
    try {
      const welcome = await new Promise<Welcome>((resolve, reject) => (connection.#opening = { resolve, reject }));
      return { connection, welcome };
    } finally {
      connection.#opening = undefined;
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    if (this.loss === undefined) this.#socket.send(frame);
  }

  /** Sends a frame that is in pieces. */
  sendPieces(pieces: readonly Uint8Array<ArrayBuffer>[]): void {
    if (this.loss !== undefined) return;
    if (this.#socket.sendPieces === undefined) this.#socket.send(join(...pieces));
    else this.#socket.sendPieces(pieces);
  }

  /** Ends it in good order. */
  close(): void {
    this.loss ??= lost(this.#url, "it was closed");
    this.#socket.close(1000);
  }

  /** Ends it at once. */
  abort(): void {
    this.loss ??= lost(this.#url, "it was given up");
    if (this.#socket.terminate === undefined) this.#socket.close();
    else this.#socket.terminate();
  }

  #hear(data: unknown): void {
    this.heardAt = performance.now();
    const frame = read(data);
    if (frame?.type === "error") this.#lose(refused(this.#url, frame));
    else if (this.#opening !== undefined && frame?.type === "welcome") this.#opening.resolve(frame);
    else if (this.#opening === undefined && frame?.type === "ack") this.#events.onAck(frame);
    else this.#lose(strange(this.#url));
  }

  #hearClose(code: number, reason: string): void {
    const isRefusal = this.#opening !== undefined;
    this.#lose(isRefusal ? refusal(this.#url, code, reason, this.#said) : closed(this.#url, code, reason));
  }

  #lose(loss: RerunError): void {
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
  throw new RerunError("UNSUPPORTED", "there is no WebSocket on this platform: pass a class as the option `WebSocket`");
}

function read(data: unknown): Frame | undefined {
  if (!(data instanceof ArrayBuffer)) return undefined;
  try {
    return decodeFrame(new Uint8Array(data));
  } catch (error) {
    if (error instanceof FrameError) return undefined;
    throw error;
  }
}

function lost({ href }: ProxyUrl, reason: string): RerunError {
  return new RerunError("CONNECTION", `there is no connection to ${href}: ${reason}`);
}

function strange({ href }: ProxyUrl): RerunError {
  return new RerunError("SERVER", `${href} is no relay for Rerun data over WebSockets: what it says is not understood`);
}

/** What an error of a relay means to who sends. */
function refused({ href }: ProxyUrl, { code, message }: ErrorFrame): RerunError {
  const text = `${href} refused what was sent: ${message} (gRPC status ${code})`;
  if (AUTH_CODES.has(code)) return new RerunError("AUTH", text);
  if (PASSING_CODES.has(code)) return new RerunError("CONNECTION", text);
  return new RerunError(code === UNIMPLEMENTED ? "UNSUPPORTED" : "SERVER", text);
}

/** Why there was no connection. Browsers do not tell; other platforms do in words. */
function refusal(url: ProxyUrl, code: number, reason: string, said: string): RerunError {
  const status = /server response: (\d+)/.exec(said)?.[1];
  if (status === "401" || status === "403")
    return new RerunError("AUTH", `${url.href} refused the connection: HTTP status ${status}`);
  if (said !== "") return lost(url, said);
  if (code !== 1006) return closed(url, code, reason);
  return lost(url, `it was refused or cut${whatToDo(url)}`);
}

function closed(url: ProxyUrl, code: number, reason: string): RerunError {
  return lost(url, `it was closed with code ${code}${reason === "" ? "" : ` (${reason})`}`);
}
