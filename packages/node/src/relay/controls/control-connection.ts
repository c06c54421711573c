import { GRPC_STATUS } from "@rerun-ts/core/transport";
import type { WebSocket } from "ws";
import type { Granted } from "../http/access-control.ts";
import { RelayError } from "../relay-error.ts";
import type { ControlClient, ControlHub } from "./control-hub.ts";
import { parseFirst, parseFromPanel, parseFromProgram, type Offer } from "./control-messages.ts";
import { MessageRate } from "./message-rate.ts";
import type { Identity, ControlledProgram, Peer } from "./controlled-program.ts";

/** Longest time until the first message. */
const FIRST_MS = 5000;
/** Interval of pings and signs of life, and the silence after which a connection is terminated. */
const PING_MS = 5000;
const SILENCE_MS = 15_000;
/** Longest time that a client may take to respond to a close frame. */
const CLOSE_MS = 1000;
/** The size of messages that wait for a client that reads slowly: above it the client is cut off. */
const MAX_UNSENT_BYTES = 2 * 1024 * 1024;
/** Above this, a program gets no further actions, and panels hear so. */
const BUSY_BYTES = 256 * 1024;
/** The maximum length of a message of a panel. */
const MAX_PANEL_MESSAGE = 32 * 1024;
/** Messages each second. */
const PANEL_RATE = 1000;
const PROGRAM_RATE = 20_000;
const MAX_REASON_BYTES = 120;
const GOING_AWAY = 1001;
const POLICY = 1008;
/** The code for a token without rights. Codes from 4000 on are private. */
const UNAUTHORIZED = 4401;
/** The code for a first message that does not come: a slow network violates nothing. */
const TOO_LATE = 4408;

const ALIVE = JSON.stringify({ type: "alive" });

/** The rights of a client. */
export interface ClientToken {
  /** `undefined` without a token. */
  readonly identity: Identity | undefined;
  /** The right to write. `undefined` without it. */
  readonly writes: Granted | undefined;
}

/**
 * A WebSocket of a program or a panel: its first message says which. A client that sends too fast is read more slowly,
 * one that reads too slowly is cut off, and a message that violates the protocol ends the connection with a reason.
 */
export class ControlConnection implements Peer {
  readonly #socket: WebSocket;
  readonly #hub: ControlHub;
  readonly #token: ClientToken;
  readonly #accept: () => void;
  readonly #timer: ReturnType<typeof setInterval>;
  #rate: MessageRate;
  #program: ControlledProgram | undefined;
  #panel: ControlClient | undefined;
  /** Pings since the last sign of life: what came while the relay was busy is read after the next one. */
  #silentPings = 0;
  readonly #openedAt = performance.now();

  /** @param accept notes that the client has a right, so that its connection stays when there are too many */
  constructor(socket: WebSocket, hub: ControlHub, token: ClientToken, accept: () => void) {
    this.#socket = socket;
    this.#hub = hub;
    this.#token = token;
    this.#accept = accept;
    this.#rate = new MessageRate(socket, PANEL_RATE);
    this.#timer = setInterval(() => this.#onTimer(), PING_MS).unref();
    socket.on("message", (data: Buffer, isBinary) => this.#onMessage(data, isBinary));
    socket.on("pong", () => (this.#silentPings = 0));
    socket.on("error", () => {});
    socket.on("close", () => this.#onClosed());
  }

  /** Urgent messages are also sent to a program that is slow. */
  send(text: string, isUrgent = false): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    const { bufferedAmount } = this.#socket;
    if (bufferedAmount > MAX_UNSENT_BYTES) {
      this.#socket.terminate();
      return false;
    }
    if (this.#program !== undefined && !isUrgent && bufferedAmount > BUSY_BYTES) return false;
    this.#socket.send(text);
    return true;
  }

  end(code: number, reason: string): void {
    const short = Buffer.from(reason)
      .subarray(0, MAX_REASON_BYTES)
      .toString()
      .replace(/\uFFFD$/, "");
    this.#socket.close(code, short);
    setTimeout(() => this.#socket.terminate(), CLOSE_MS).unref();
  }

  /** Ends the connection because the relay ends. */
  close(): void {
    this.end(GOING_AWAY, "the relay is shutting down");
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#silentPings = 0;
    this.#rate.count();
    try {
      if (isBinary) throw new RelayError(GRPC_STATUS.invalidArgument, "expected text, received a binary message");
      this.#handle(data.toString());
    } catch (error) {
      const { message, status } = RelayError.from(error);
      this.#hub.rejected++;
      this.send(JSON.stringify({ type: "error", message }), true);
      this.end(status === GRPC_STATUS.unauthenticated ? UNAUTHORIZED : POLICY, message);
    }
  }

  #handle(text: string): void {
    if (this.#program !== undefined) {
      const message = parseFromProgram(text);
      if (message.type === "offer") throw new RelayError(GRPC_STATUS.failedPrecondition, "a program offers once");
      return this.#hub.onProgram(this.#program, message);
    }
    if (this.#panel !== undefined) {
      checkPanelMessage(text);
      const message = parseFromPanel(text);
      if (message.type === "join") throw new RelayError(GRPC_STATUS.failedPrecondition, "a panel joins once");
      return this.#hub.onPanel(this.#panel, message);
    }
    const first = parseFirst(text);
    if (first.type === "offer") this.#offer(first);
    else this.#join();
  }

  #offer(offer: Offer): void {
    const { writes } = this.#token;
    if (writes === undefined)
      throw new RelayError(GRPC_STATUS.unauthenticated, "the token for writing is missing or wrong");
    const { application: applicationId, recording: recordingId } = offer;
    if (writes.allows?.({ kind: "recording", applicationId, recordingId }) === false)
      throw new RelayError(GRPC_STATUS.unauthenticated, "the token does not allow this recording");
    this.#rate = new MessageRate(this.#socket, PROGRAM_RATE);
    this.#program = this.#hub.offer(offer, this);
    this.#accept();
  }

  #join(): void {
    const { identity } = this.#token;
    if (identity === undefined || !this.#hub.knows(identity))
      throw new RelayError(GRPC_STATUS.unauthenticated, "no program here has this token for its controls");
    this.#panel = this.#hub.join(identity, this);
    this.#accept();
  }

  #onTimer(): void {
    const now = performance.now();
    const isStranger = this.#program === undefined && this.#panel === undefined;
    if (++this.#silentPings * PING_MS > SILENCE_MS) return this.#socket.terminate();
    if (isStranger && now - this.#openedAt >= FIRST_MS) return this.end(TOO_LATE, "received no message");
    this.#socket.ping();
    // Pages see no pings.
    if (!isStranger) this.send(ALIVE);
  }

  #onClosed(): void {
    clearInterval(this.#timer);
    this.#rate.end();
    if (this.#program !== undefined) this.#hub.withdraw(this.#program);
    if (this.#panel !== undefined) this.#hub.leave(this.#panel);
  }
}

/** @throws {RelayError} if a message of a panel is too long */
function checkPanelMessage(text: string): void {
  if (text.length > MAX_PANEL_MESSAGE)
    throw new RelayError(GRPC_STATUS.resourceExhausted, `a message is longer than ${MAX_PANEL_MESSAGE} characters`);
}
