import type { WebSocketClass, WebSocketEvent, WebSocketLike } from "@rerun-ts/core";
import {
  decodeFrame,
  encodeAck,
  encodeError,
  encodeReceived,
  encodeWelcome,
  type Frame,
  type Hello,
} from "@rerun-ts/core/transport";
import { haveEntity, readRecord, receivedRrd, type Received } from "./received-messages.ts";
import { concat } from "./recordings.ts";

/** The behaviour of the relay from now on. By default it acknowledges everything. */
export interface RelayBehaviour {
  /** Whether the relay is unreachable. */
  readonly isAbsent?: boolean;
  /** Whether it accepts connections but sends nothing. */
  readonly isSilent?: boolean;
  /** Whether the next connection is lost when the relay has received its hello, before the welcome arrives. */
  readonly losesWelcome?: boolean;
  /** Whether it is an edge: it continues all sessions, and acknowledges data when the client asks for it. */
  readonly isEdge?: boolean;
  /** Whether it accepts data but never acknowledges it. */
  readonly keepsQuiet?: boolean;
  /** The number of records after which it closes the connection, without acknowledging the last one. */
  readonly cutsAfter?: number;
  /** The gRPC status with which it rejects data. */
  readonly error?: number;
  /** It rejects chunks of this entity with the status 3. */
  readonly refusedEntity?: string;
  /** The window in bytes. Default: 1,000,000. */
  readonly window?: number;
}

interface Session {
  next: number;
  parts: Uint8Array[];
}

type Listener = (event: WebSocketEvent) => void;

/** A relay of the WebSocket protocol that replaces the class `WebSocket`, for every runtime. */
export class WebSocketRelay {
  behaviour: RelayBehaviour = {};
  received: Received[] = [];
  readonly hellos: Hello[] = [];
  /** The subprotocols that each connection has offered. */
  readonly protocols: string[][] = [];
  /** The largest number of bytes that were in flight at the same time. */
  largestBurst = 0;
  #sessions = new Map<string, Session>();
  readonly #sockets = new Set<FakeSocket>();

  /** The class to use instead of the platform's `WebSocket`. */
  get WebSocket(): WebSocketClass {
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment -- the class is created with `new`
    const relay = this;
    return class extends FakeSocket {
      constructor(_url: string, protocols: string[]) {
        super((socket, bytes) => relay.receive(socket, bytes));
        relay.protocols.push(protocols);
        relay.#sockets.add(this);
        if (relay.behaviour.isAbsent === true) setTimeout(() => this.cut(1006));
        else setTimeout(() => this.emit("open", {}));
      }
    };
  }

  /** Closes all connections. By default the sessions are lost too, as when a relay is restarted. */
  restart({ forgets = true } = {}): void {
    if (forgets) this.#sessions = new Map();
    for (const socket of this.#sockets) socket.cut(1006);
    this.#sockets.clear();
  }

  /** The received messages as a stream without footer. */
  toRrd(): Uint8Array {
    return receivedRrd(this.received);
  }

  /** Handles a frame of a client. */
  receive(socket: FakeSocket, bytes: Uint8Array): void {
    if (this.behaviour.isSilent === true) return;
    const frame = decodeFrame(bytes);
    if (frame.type === "hello") this.#welcome(socket, frame);
    else this.#take(socket, frame);
  }

  /** A page has posted frames, each behind its length, as it does while it is being unloaded. */
  post(body: Uint8Array): void {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    let session: Session | undefined;
    for (let at = 0; at < body.length; at += 4 + view.getUint32(at)) {
      const frame = decodeFrame(body.slice(at + 4, at + 4 + view.getUint32(at)));
      if (frame.type === "hello") {
        session = this.#sessions.get(String(frame.session)) ?? { next: frame.first, parts: [] };
        this.#sessions.set(String(frame.session), session);
      } else if (frame.type === "data" && session !== undefined) {
        for (const [index, record] of [...frame.records].entries()) this.#keep(session, frame.first + index, record);
      }
    }
  }

  #welcome(socket: FakeSocket, hello: Hello): void {
    this.hellos.push(hello);
    const known = this.#sessions.get(String(hello.session));
    const session = known ?? { next: hello.first, parts: [] };
    session.parts = [];
    this.#sessions.set(String(hello.session), session);
    if (this.behaviour.losesWelcome === true) {
      this.behaviour = { ...this.behaviour, losesWelcome: false };
      return socket.cut(1006);
    }
    socket.session = session;
    const { window = 1_000_000, isEdge = false } = this.behaviour;
    const limits = { window, maxRecordBytes: 1e9, software: "a test relay" };
    const next = isEdge ? hello.first : session.next;
    socket.say(encodeWelcome({ version: 1, isResumed: known !== undefined, isEdge, next, ...limits }));
  }

  #take(socket: FakeSocket, frame: Frame): void {
    const { error, refusedEntity, cutsAfter = Infinity, keepsQuiet, isEdge, window = 1_000_000 } = this.behaviour;
    const { session } = socket;
    if (session === undefined) throw new Error("the first frame of a client must be hello");
    if (frame.type === "ask" && isEdge === true) {
      if (keepsQuiet !== true) this.#acknowledge(socket, session, window);
      return;
    }
    if (error !== undefined) return socket.say(encodeError({ code: error, message: "not like this" }));
    if (frame.type === "data") {
      this.#count(
        [...frame.records].reduce((sum, { length }) => sum + length, 0),
        socket,
      );
      for (const [index, record] of [...frame.records].entries()) {
        if (refusedEntity !== undefined && haveEntity([readRecord(record)], refusedEntity))
          return socket.say(encodeError({ code: 3, message: "not like this" }));
        this.#keep(session, frame.first + index, record);
      }
    } else if (frame.type === "part") {
      this.#count(frame.bytes.length, socket);
      session.parts.push(frame.bytes.slice());
      if (!frame.isLast) return;
      this.#keep(session, frame.number, concat(session.parts.splice(0)));
    } else throw new Error(`clients must not send ${frame.type} frames`);
    if (this.received.length >= cutsAfter) {
      this.behaviour = {};
      return this.restart({ forgets: false });
    }
    if (isEdge === true) socket.say(encodeReceived(session.next));
    else if (keepsQuiet !== true) queueMicrotask(() => this.#acknowledge(socket, session, window));
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
    if (number > session.next) throw new Error(`received record ${number} instead of ${session.next}`);
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
