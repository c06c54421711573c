import { RerunError } from "@rerun-ts/core";
import { Backoff, tokenSubprotocol } from "@rerun-ts/core/transport";
import type { ControlRelay, ControlSocket } from "../platform/platform.ts";
import { CONTROLS_SUBPROTOCOL, SILENCE_MS, parseToProgram, type FromProgram, type ToProgram } from "../protocol.ts";

/** Longest time until the relay is ready for the first time. */
const CONNECT_MS = 10_000;
/** The longest delay between two attempts. */
const LONGEST_DELAY_MS = 2000;
/** The size of messages that the relay has not read: above it, the connection is given up. */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;
/** Codes of WebSockets with which relays refuse a program. */
const REFUSED: ReadonlySet<number | undefined> = new Set([1008, 4401]);

/** Interval at which the silence of the relay is checked. */
const CHECK_MS = 1000;

/** The events of a {@link ProgramLink}. */
export interface LinkEvents {
  /** The first message of a connection. */
  offer(): FromProgram;
  onMessage(message: ToProgram): void;
  onLost(): void;
  onWarning(message: string): void;
}

/** The connection of a program to its relay, which is made again when it is lost. */
export class ProgramLink {
  readonly #relay: ControlRelay;
  readonly #events: LinkEvents;
  readonly #backoff = new Backoff(LONGEST_DELAY_MS);
  #socket: ControlSocket | undefined;
  #isReady = false;
  /** Whether the offer was sent: what follows changes it. */
  #hasOffered = false;
  #isClosed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #onFirst: { resolve(): void; reject(error: RerunError): void } | undefined;
  #problem = "";
  /** Checks since the last sign of life: what came while the program was busy is read after the next check. */
  #silentChecks = 0;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(relay: ControlRelay, events: LinkEvents) {
    this.#relay = relay;
    this.#events = events;
  }

  /** Settles when the relay is ready. Rejects with `AUTH` if the relay refuses the program, and with `TIMEOUT`. */
  async open(): Promise<void> {
    const { url } = this.#relay;
    const opened = new Promise<void>((resolve, reject) => (this.#onFirst = { resolve, reject }));
    const message = (): string => `no relay for controls at ${url} within ${CONNECT_MS} ms${this.#problem}`;
    const timer = setTimeout(() => this.#onFirst?.reject(new RerunError("TIMEOUT", message())), CONNECT_MS);
    void this.#connect();
    try {
      await opened;
    } catch (error) {
      this.close();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#onFirst = undefined;
    }
  }

  /** Sends a message. Without a connection it is dropped, because the next offer has the present state. */
  send(message: FromProgram): void {
    const socket = this.#socket;
    if (!this.#hasOffered || socket === undefined) return;
    if ((socket.bufferedAmount ?? 0) > MAX_UNSENT_BYTES) return this.#giveUp(socket);
    socket.send(JSON.stringify(message));
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#watch);
    this.#socket?.close(1000);
  }

  async #connect(): Promise<void> {
    const { url, token } = this.#relay;
    const protocols = [CONTROLS_SUBPROTOCOL, ...(token === undefined ? [] : [tokenSubprotocol(token)])];
    let socket: ControlSocket;
    try {
      socket = await this.#relay.connect(url, protocols);
    } catch (error) {
      return this.#onFirst?.reject(RerunError.from(error));
    }
    if (this.#isClosed) return socket.close();
    this.#socket = socket;
    this.#silentChecks = 0;
    this.#watch ??= startWatch(() => this.#checkSilence());
    socket.addEventListener("open", () => {
      if (this.#socket !== socket) return;
      socket.send(JSON.stringify(this.#events.offer()));
      this.#hasOffered = true;
    });
    socket.addEventListener("message", ({ data }) => {
      const message = parseToProgram(data);
      if (this.#socket !== socket) return;
      this.#silentChecks = 0;
      if (message !== undefined) this.#onMessage(message);
    });
    socket.addEventListener("error", () => {});
    socket.addEventListener("close", ({ code, reason }) => this.#onClosed(socket, code, reason));
  }

  #onMessage(message: ToProgram): void {
    if (message.type === "ready") {
      this.#isReady = true;
      this.#backoff.reset();
      this.#onFirst?.resolve();
    }
    if (message.type === "error") this.#problem = `: ${message.message}`;
    this.#events.onMessage(message);
  }

  #onClosed(socket: ControlSocket, code: number | undefined, reason: string | undefined): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    const wasReady = this.#isReady;
    this.#isReady = this.#hasOffered = false;
    if (wasReady) this.#events.onLost();
    if (this.#isClosed) return;
    if (REFUSED.has(code)) {
      const message = `the relay at ${this.#relay.url} refuses controls${this.#problem || `: ${reason}`}`;
      if (this.#onFirst !== undefined) return this.#onFirst.reject(new RerunError("AUTH", message));
      this.#events.onWarning(message);
    }
    this.#timer = setTimeout(() => void this.#connect(), this.#backoff.next());
    (this.#timer as { unref?(): void }).unref?.();
  }

  /** Gives a connection up of which nothing comes, such as one to a machine that has vanished. */
  #checkSilence(): void {
    if (this.#socket !== undefined && ++this.#silentChecks * CHECK_MS > SILENCE_MS) this.#giveUp(this.#socket);
  }

  #giveUp(socket: ControlSocket): void {
    socket.close();
    this.#onClosed(socket, undefined, undefined);
  }
}

function startWatch(check: () => void): ReturnType<typeof setInterval> {
  const timer = setInterval(check, CHECK_MS);
  (timer as { unref?(): void }).unref?.();
  return timer;
}
