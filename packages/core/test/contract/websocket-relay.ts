import type { WebSocketClass, WebSocketEvent, WebSocketLike } from "@rerun-ts/core";
import { decodeFrame, encodeAck, encodeError, encodeWelcome, type Frame, type Hello } from "@rerun-ts/core/internal";
import { readRecord, receivedRrd, type Received } from "./received-messages.ts";
import { concat } from "./recordings.ts";

/** How the relay behaves from now on; by default it takes everything. */
export interface RelayBehaviour {
  /** There is nobody. */
  readonly isAbsent?: boolean;
  /** Takes connections and says nothing. */
  readonly isSilent?: boolean;
  /** Takes data and never acknowledges it. */
  readonly keepsQuiet?: boolean;
  /** Cuts the connection after so many records, without having acknowledged the last one. */
  readonly cutsAfter?: number;
  /** Answers data with an error. */
  readonly error?: number;
  readonly window?: number;
}

interface Session {
  next: number;
  parts: Uint8Array[];
}

type Listener = (event: WebSocketEvent) => void;

/** A relay of the WebSocket protocol in place of the network, for every runtime. */
export class WebSocketRelay {
  behaviour: RelayBehaviour = {};
  received: Received[] = [];
  readonly hellos: Hello[] = [];
  /** What each connection offered. */
  readonly protocols: string[][] = [];
  /** The most bytes of records that were ever under way. */
  largestBurst = 0;
  #sessions = new Map<string, Session>();
  readonly #sockets = new Set<FakeSocket>();

  /** To be used in place of the platform's `WebSocket`. */
  get WebSocket(): WebSocketClass {
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment -- the class is made with `new`
    const relay = this;
    return class extends FakeSocket {
      constructor(_url: string, protocols: string[]) {
        super((socket, bytes) => relay.hear(socket, bytes));
        relay.protocols.push(protocols);
        relay.#sockets.add(this);
        if (relay.behaviour.isAbsent === true) setTimeout(() => this.cut(1006));
        else setTimeout(() => this.emit("open", {}));
      }
    };
  }

  /** Loses all connections; a relay that is started anew has forgotten everything. */
  restart({ forgets = true } = {}): void {
    if (forgets) this.#sessions = new Map();
    for (const socket of this.#sockets) socket.cut(1006);
    this.#sockets.clear();
  }

  toRrd(): Uint8Array {
    return receivedRrd(this.received);
  }

  /** A client has sent a frame. */
  hear(socket: FakeSocket, bytes: Uint8Array): void {
    if (this.behaviour.isSilent === true) return;
    const frame = decodeFrame(bytes);
    if (frame.type === "hello") this.#welcome(socket, frame);
    else this.#take(socket, frame);
  }

  #welcome(socket: FakeSocket, hello: Hello): void {
    this.hellos.push(hello);
    const known = this.#sessions.get(String(hello.session));
    const session = known ?? { next: hello.first, parts: [] };
    session.parts = [];
    this.#sessions.set(String(hello.session), session);
    socket.session = session;
    const { window = 1_000_000 } = this.behaviour;
    const limits = { window, maxRecordBytes: 1e9, software: "a double" };
    socket.say(encodeWelcome({ version: 1, isResumed: known !== undefined, next: session.next, ...limits }));
  }

  #take(socket: FakeSocket, frame: Frame): void {
    const { error, cutsAfter = Infinity, keepsQuiet, window = 1_000_000 } = this.behaviour;
    const { session } = socket;
    if (session === undefined) throw new Error("a client must say hello first");
    if (error !== undefined) return socket.say(encodeError({ code: error, message: "not like this" }));
    if (frame.type === "data") {
      this.#count(
        frame.records.reduce((sum, { length }) => sum + length, 0),
        socket,
      );
      for (const [index, record] of frame.records.entries()) this.#keep(session, frame.first + index, record);
    } else if (frame.type === "part") {
      this.#count(frame.bytes.length, socket);
      session.parts.push(frame.bytes.slice());
      if (!frame.isLast) return;
      this.#keep(session, frame.number, concat(session.parts.splice(0)));
    } else throw new Error(`a client may not say ${frame.type}`);
    if (this.received.length >= cutsAfter) {
      this.behaviour = {};
      return this.restart({ forgets: false });
    }
    if (keepsQuiet !== true) queueMicrotask(() => this.#acknowledge(socket, session, window));
  }

  #acknowledge(socket: FakeSocket, { next }: Session, window: number): void {
    socket.unacknowledged = 0;
    socket.say(encodeAck({ next, window }));
  }

  #count(bytes: number, socket: FakeSocket): void {
    socket.unacknowledged += bytes;
    this.largestBurst = Math.max(this.largestBurst, socket.unacknowledged);
  }

  #keep(session: Session, number: number, record: Uint8Array): void {
    if (number > session.next) throw new Error(`record ${number} came, ${session.next} was next`);
    if (number < session.next) return;
    session.next++;
    this.received.push(readRecord(record));
  }
}

class FakeSocket implements WebSocketLike {
  binaryType = "blob";
  session: Session | undefined;
  unacknowledged = 0;
  #isOpen = true;
  readonly #listeners = new Map<string, Listener[]>();
  readonly #onSend: (socket: FakeSocket, bytes: Uint8Array) => void;

  constructor(onSend: (socket: FakeSocket, bytes: Uint8Array) => void) {
    this.#onSend = onSend;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  emit(type: string, event: WebSocketEvent): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#isOpen) this.#onSend(this, bytes.slice());
  }

  say(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#isOpen) queueMicrotask(() => this.emit("message", { data: bytes.buffer }));
  }

  close(code = 1005): void {
    this.cut(code);
  }

  cut(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    queueMicrotask(() => this.emit("close", { code, reason: "" }));
  }
}
