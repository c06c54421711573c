import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionRequestOptions,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from "node:http2";

/** Longest time that a server may take to complete the handshake. */
const CONNECT_MS = 10_000;
/** Interval of checks of the connection, the silence before a ping, and the silence that is allowed after a ping. */
const CHECK_MS = 1000;
const PING_AFTER_MS = 10_000;
const PING_TIMEOUT_MS = 20_000;
/** The longest time in which a call makes no progress. A proxy answers pings although the server behind it hangs. */
const ANSWER_MS = 60_000;
const CLOSED = "the server closed the connection";
const NO_RESPONSE = "the server ended a call without a response";

/**
 * One HTTP/2 connection to a server, in the form of a session provider for Connect's client. Creating the object starts
 * to connect. The connection counts as open once the server has sent its settings. A silent server is pinged. If it
 * still sends nothing, the connection is destroyed, and `error` has the reason.
 *
 * A lost connection is not reused, so that a restarted server receives the retained state first. The connection of a
 * recording that has ended is kept for the next recording for a moment. It does not keep the process alive.
 */
export class Http2Connection {
  /** The origin of the server. */
  readonly authority: string;
  readonly #session: ClientHttp2Session;
  /** Extra silence that is allowed while data is in flight, which the response to a ping cannot overtake. */
  #extraTimeoutMs = 0;
  /** When the current call must have made progress. */
  #answerBy = Infinity;
  #error: Error | undefined;
  #onSocketError: (error: Error) => void = () => {};
  #checks: ReturnType<typeof setInterval> | undefined;
  #bytesRead = 0;
  #lastReadAt = performance.now();
  #pingedAt: number | undefined;

  constructor(origin: string, options: SecureClientSessionOptions | undefined) {
    this.authority = origin;
    this.#session = connect(origin, options);
    this.#session.unref();
    this.#session.on("error", (error: Error) => (this.#error = error));
    this.#session.on("close", () => clearInterval(this.#checks));
    // A server that wants a certificate says so after the handshake of TLS 1.3. The session never hears of it.
    this.#session.once("connect", (_, socket) => socket.once("error", (error: Error) => this.#onSocketError(error)));
  }

  /** The reason why the connection failed or was lost, if it is known. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Whether calls can be made: not after the server has sent GOAWAY. */
  get isOpen(): boolean {
    return this.#checks !== undefined && !this.#session.closed && !this.#session.destroyed;
  }

  /**
   * Settles when the server has sent its HTTP/2 settings, because accepting the connection is not enough. Rejects if
   * connecting fails.
   */
  async opened(): Promise<void> {
    if (this.isOpen) return;
    const session = this.#session;
    if (session.destroyed) throw this.#error ?? new Error(CLOSED);
    const timeout = new Error(`no HTTP/2 response within ${CONNECT_MS} ms`);
    const timer = setTimeout(() => session.destroy(timeout), CONNECT_MS).unref();
    try {
      await new Promise<void>((resolve, reject) => {
        session.once("remoteSettings", () => resolve());
        this.#onSocketError = reject;
        session.once("close", () => reject(this.#error ?? new Error(CLOSED)));
      });
    } finally {
      clearTimeout(timer);
    }
    this.#lastReadAt = performance.now();
    this.#checks = setInterval(() => this.#check(), CHECK_MS).unref();
  }

  /** Starts a call. */
  async request(
    method: string,
    path: string,
    headers: OutgoingHttpHeaders,
    options: ClientSessionRequestOptions,
  ): Promise<ClientHttp2Stream> {
    const stream = this.#session.request({ ...headers, ":method": method, ":path": path }, options);
    let hasResponse = false;
    stream.once("response", () => (hasResponse = true));
    // Connect's client would wait forever for a call that ends without a response and without an error.
    stream.once("close", () => {
      if (!hasResponse && stream.errored === null) stream.emit("error", new Error(NO_RESPONSE));
    });
    // If the reset crosses an ongoing write, Node sometimes emits `end` for such a call, but never `close`.
    stream.once("end", () => {
      setImmediate(() => {
        if (!hasResponse && !stream.destroyed) stream.destroy(new Error(NO_RESPONSE));
      });
    });
    return stream;
  }

  /**
   * A call has begun, or has made progress: the server must take more of it, or answer it.
   * @param extraMs the time that the data in flight may take
   */
  expectAnswer(extraMs: number): void {
    this.#extraTimeoutMs = extraMs;
    this.#answerBy = performance.now() + ANSWER_MS + extraMs;
  }

  /** The call has ended. */
  endCall(): void {
    this.#extraTimeoutMs = 0;
    this.#answerBy = Infinity;
  }

  /** Required by Connect's client. Pings do not depend on it. */
  notifyResponseByteRead(): void {}

  /** Closes the connection immediately. */
  abort(): void {
    clearInterval(this.#checks);
    this.#session.destroy(undefined, constants.NGHTTP2_CANCEL);
  }

  /**
   * Notes that the server has sent something. Any data proves that the server is alive, so only a silent one is pinged.
   */
  #check(): void {
    if (this.#session.destroyed) return;
    const now = performance.now();
    if (now >= this.#answerBy) {
      const seconds = Math.round((ANSWER_MS + this.#extraTimeoutMs) / 1000);
      const error = new Error(`the server answers pings, and has left a call without progress for ${seconds} s`);
      return this.#session.destroy(error, constants.NGHTTP2_CANCEL);
    }
    const bytesRead = this.#session.socket?.bytesRead ?? 0;
    if (bytesRead !== this.#bytesRead) {
      this.#bytesRead = bytesRead;
      this.#lastReadAt = now;
      this.#pingedAt = undefined;
    } else if (this.#pingedAt === undefined && now - this.#lastReadAt >= PING_AFTER_MS) {
      this.#pingedAt = now;
      this.#session.ping(() => {});
    } else if (this.#pingedAt !== undefined && now - this.#pingedAt >= PING_TIMEOUT_MS + this.#extraTimeoutMs) {
      const silentMs = Math.round(now - this.#lastReadAt);
      this.#session.destroy(new Error(`the server was silent for ${silentMs} ms`), constants.NGHTTP2_CANCEL);
    }
  }
}
