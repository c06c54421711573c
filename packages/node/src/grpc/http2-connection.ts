import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionRequestOptions,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from "node:http2";

/** How long a server may take to answer the connection. */
const CONNECT_MS = 10_000;
/** How often it is asked whether it is still there, and how long it may take to say so. */
const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 20_000;

/**
 * One connection to a server, as Connect's client wants it. When it is lost it is of no more use, so that nothing goes to
 * a new server by accident: that must hear first what it must know. It does not keep a program alive.
 */
export class Http2Connection {
  /** What is dialled. */
  readonly authority: string;
  readonly #session: ClientHttp2Session;
  #error: Error | undefined;
  #pings: ReturnType<typeof setInterval> | undefined;
  #pingedAt: number | undefined;

  constructor(origin: string, options: SecureClientSessionOptions | undefined) {
    this.authority = origin;
    this.#session = connect(origin, options);
    this.#session.unref();
    this.#session.on("error", (error: Error) => (this.#error = error));
    this.#session.on("close", () => clearInterval(this.#pings));
  }

  /** Why it was lost, if that is known. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Whether calls can be made; not after a server has said goodbye. */
  get isOpen(): boolean {
    return this.#pings !== undefined && !this.#session.closed && !this.#session.destroyed;
  }

  /** Settles when the server has answered in HTTP/2, which one that only accepts connections does not. */
  async opened(): Promise<void> {
    const session = this.#session;
    const late = new Error(`it did not answer in HTTP/2 within ${CONNECT_MS} ms`);
    const timer = setTimeout(() => session.destroy(late), CONNECT_MS).unref();
    try {
      await new Promise<void>((resolve, reject) => {
        session.once("remoteSettings", () => resolve());
        session.once("close", () => reject(this.#error ?? new Error("it has ended the connection")));
      });
    } finally {
      clearTimeout(timer);
    }
    this.#pings = setInterval(() => this.#ping(), PING_INTERVAL_MS).unref();
  }

  /** Begins a call. */
  async request(
    method: string,
    path: string,
    headers: OutgoingHttpHeaders,
    options: ClientSessionRequestOptions,
  ): Promise<ClientHttp2Stream> {
    const stream = this.#session.request({ ...headers, ":method": method, ":path": path }, options);
    let hasAnswer = false;
    stream.once("response", () => (hasAnswer = true));
    // Connect's client would wait for ever for a call that is ended without an answer and without an error.
    stream.once("close", () => {
      if (!hasAnswer) stream.emit("error", new Error("it has ended a call without an answer"));
    });
    return stream;
  }

  /** Part of what Connect's client asks for; pings do not depend on it. */
  notifyResponseByteRead(): void {}

  /** Ends it at once. */
  abort(): void {
    clearInterval(this.#pings);
    this.#session.destroy(undefined, constants.NGHTTP2_CANCEL);
  }

  #ping(): void {
    if (this.#session.destroyed) return;
    if (this.#pingedAt === undefined) {
      this.#pingedAt = performance.now();
      this.#session.ping(() => (this.#pingedAt = undefined));
    } else if (performance.now() - this.#pingedAt >= PING_TIMEOUT_MS) {
      this.#session.destroy(new Error(`it has not answered for ${PING_TIMEOUT_MS} ms`), constants.NGHTTP2_CANCEL);
    }
  }
}
