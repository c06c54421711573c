import {
  CONTROLS_SUBPROTOCOL,
  SILENCE_MS,
  parseToPanel,
  tokenSubprotocol,
  type FromPanel,
  type ToPanel,
} from "../../protocol.ts";

/** The first pause before another attempt to connect, and the longest. */
const [RETRY_MS, MAX_RETRY_MS] = [100, 5000];
/** A connection that lived this long was a good one: the next pause is the first again. */
const STABLE_MS = 5000;

/** A network that drops packets answers a connection attempt with nothing: the attempt ends after this time. */
const CONNECT_MS = 3000;

/** The interval at which the silence of the relay is checked. */
export const CHECK_MS = 500;

/** The events of a {@link PanelSocket}. */
export interface PanelSocketEvents {
  onMessage(message: ToPanel): void;
  /** The connection has ended. What was sent may have arrived or not. */
  onLost(): void;
}

/** A WebSocket to a relay that connects again after an exponential backoff with jitter, until it is closed. */
export class PanelSocket {
  readonly #url: string;
  readonly #token: string;
  readonly #events: PanelSocketEvents;
  #socket: WebSocket | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #pause = RETRY_MS;
  #openedAt = Infinity;
  /** Checks since the last sign of life: what came while the page was busy or frozen is read after the next check. */
  #silentChecks = 0;
  #isClosed = false;

  constructor(url: string, token: string, events: PanelSocketEvents) {
    this.#url = url;
    this.#token = token;
    this.#events = events;
    this.#connect();
  }

  /** The bytes that wait in this machine, because the network or the relay is slow. */
  get bufferedBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Sends a message. Without a connection, forgets the message and returns `false`. */
  send(message: FromPanel): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Connects now instead of after the pause. */
  reconnect(): void {
    if (this.#retry === undefined) return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  /**
   * Gives up a connection from which nothing comes, such as one to a machine that has vanished. Called each
   * {@link CHECK_MS}.
   */
  checkSilence(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const limit = socket.readyState === WebSocket.CONNECTING ? CONNECT_MS : SILENCE_MS;
    if (++this.#silentChecks * CHECK_MS <= limit) return;
    // Browsers wait long for the answer to a close frame.
    socket.close();
    this.#onClosed(socket);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#socket?.close();
  }

  #connect(): void {
    this.#retry = undefined;
    const socket = new WebSocket(this.#url, [CONTROLS_SUBPROTOCOL, tokenSubprotocol(this.#token)]);
    this.#socket = socket;
    this.#openedAt = Infinity;
    this.#silentChecks = 0;
    socket.addEventListener("open", () => {
      if (socket !== this.#socket) return;
      this.#openedAt = performance.now();
      this.#silentChecks = 0;
      this.send({ type: "join" });
    });
    socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (socket !== this.#socket) return;
      this.#silentChecks = 0;
      const message = parseToPanel(data);
      if (message !== undefined) this.#events.onMessage(message);
    });
    // An error is always followed by this.
    socket.addEventListener("close", () => this.#onClosed(socket));
  }

  #onClosed(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    if (!this.#isClosed) this.#retryLater(performance.now() - this.#openedAt > STABLE_MS);
    this.#events.onLost();
  }

  #retryLater(wasStable: boolean): void {
    if (wasStable) this.#pause = RETRY_MS;
    const wait = this.#pause * (0.5 + Math.random() / 2);
    this.#pause = Math.min(2 * this.#pause, MAX_RETRY_MS);
    this.#retry = setTimeout(() => this.#connect(), wait);
  }
}
