import type { Socket } from "node:net";
import { VERSION } from "@rerun-ts/core";
import {
  FrameError,
  GRPC_STATUS,
  PROTOCOL_VERSION,
  decodeFrame,
  encodeAck,
  encodeError,
  encodeReceived,
  encodeWelcome,
  type Frame,
  type Hello,
} from "@rerun-ts/core/transport";
import type { WebSocket } from "ws";
import { MAX_MESSAGE_BYTES } from "../grpc/grpc-frame-reader.ts";
import type { AllowedStores } from "../http/access-grants.ts";
import type { ReceiveMemory } from "../receive-memory.ts";
import type { Relay } from "../relay.ts";
import { RelayError, unavailableRelay } from "../relay-error.ts";
import { RecordReceiver, invalidFrame } from "./record-receiver.ts";
import type { WebSocketSession, WebSocketSessions } from "./websocket-sessions.ts";

/** The maximum size of unacknowledged records of each client. */
const WINDOW_BYTES = 8 * 1024 * 1024;
/** The same for edges, which acknowledge late. */
const EDGE_WINDOW_BYTES = 32 * 1024 * 1024;
/** Longest time that a client may take to send its hello frame. */
const HELLO_MS = 10_000;
/** Interval of acknowledgements to a client whose bytes arrive, but no complete record. */
const HEARTBEAT_MS = 2000;
/** Interval of pings of clients, and the silence after which a connection is terminated. */
const PING_MS = 10_000;
const SILENCE_MS = 30_000;
/** Longest time that a client may take to respond to a close frame. */
const CLOSE_MS = 1000;
/** Codes for closing a WebSocket. Codes from 4000 on are private. Source: RFC 6455, 7.4.1. */
const GOING_AWAY = 1001;
const POLICY = 1008;
const TOO_LARGE = 1009;
const REPLACED = 4001;
/** The maximum size of the reason of a close frame, with a margin. Source: RFC 6455, 5.5. */
const MAX_REASON_BYTES = 120;

/** State that the connections of a relay share. */
export interface ConnectionContext {
  readonly relay: Relay;
  readonly memory: ReceiveMemory;
  readonly sessions: WebSocketSessions;
  /** A connection was closed because of an error. */
  onRejected(): void;
}

/**
 * One WebSocket of a client that logs, from its hello frame to its end. Records are acknowledged when they are stored,
 * once for all records of one iteration of the event loop. A client that sends bytes counts as alive, even if it is
 * slow.
 */
export class ClientWebSocket {
  readonly #client: WebSocket;
  readonly #socket: Socket;
  readonly #context: ConnectionContext;
  readonly #allows: AllowedStores;
  readonly #helloTimer: ReturnType<typeof setTimeout>;
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #receiver: RecordReceiver | undefined;
  #session: WebSocketSession | undefined;
  /** The number of the first record that is not yet acknowledged, or `undefined` before the welcome. */
  #acknowledged: number | undefined;
  #isAcknowledging = false;
  #bytesRead = 0;
  /** Heartbeats since the last sign of life: what came while the relay was busy is read after the next one. */
  #silentBeats = 0;
  #lastPingAt = performance.now();
  #lastAckAt = 0;
  /** Bytes that had been read when the last acknowledgement was sent. */
  #ackedBytes = 0;

  /** @param allows the stores to which the client may write. Default: all */
  constructor(client: WebSocket, socket: Socket, context: ConnectionContext, allows?: AllowedStores) {
    this.#allows = allows;
    this.#client = client;
    this.#socket = socket;
    this.#context = context;
    this.#helloTimer = setTimeout(
      () => this.#reject(invalidFrame(`received no hello within ${HELLO_MS} ms`)),
      HELLO_MS,
    ).unref();
    this.#heartbeat = setInterval(() => this.#onHeartbeat(), HEARTBEAT_MS).unref();
    client.on("message", (data: Buffer, isBinary) => this.#rejectingErrors(() => this.#onMessage(data, isBinary)));
    client.on("error", () => {});
    client.on("close", () => this.#onClosed());
  }

  /** Closes the connection because the relay ends. The client tries to reconnect. */
  close(): void {
    this.#close(unavailableRelay("the relay is shutting down"));
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#client.readyState !== this.#client.OPEN) return;
    const frame = readFrame(data, isBinary);
    const receiver = this.#receiver;
    if (receiver === undefined) return this.#handshake(expectHello(frame));
    if (frame.type === "ask") return this.#session?.upstream?.requestCommit();
    if (frame.type !== "data" && frame.type !== "part") throw invalidFrame(`expected data, received ${frame.type}`);
    receiver.receive(frame);
    if (this.#isWaiting) this.#client.pause();
    this.#acknowledgeSoon();
  }

  /** Whether there is no room for the client's records. */
  get #isWaiting(): boolean {
    return this.#receiver?.isWaiting === true || this.#session?.upstream?.isFull === true;
  }

  /** Finds the session of the client, and sends the welcome frame. */
  #handshake(hello: Hello): void {
    const { relay, memory, sessions } = this.#context;
    const { session, isKnown } = sessions.find(hello.session, hello.first);
    clearTimeout(this.#helloTimer);
    session.endConnection = this.#onReplaced;
    this.#session = session;
    const reservation = memory.reserve(this.#socket, {
      onRoom: () => this.#resume(receiver),
      onExpired: (error) => this.#reject(error),
      bytesRead: () => this.#socket.bytesRead,
    });
    const receiver: RecordReceiver = new RecordReceiver(relay, session, reservation, this.#allows);
    this.#receiver = receiver;
    const { next, upstream } = session;
    if (upstream === undefined) return this.#whenStored(() => this.#welcome(isKnown, next));
    upstream.onProgress = () => this.#onStored(receiver);
    this.#welcome(true, Math.max(upstream.stored, hello.first));
  }

  #welcome(isResumed: boolean, next: number): void {
    this.#acknowledged = next;
    const isEdge = this.#session?.upstream !== undefined;
    this.#client.send(
      encodeWelcome({
        version: PROTOCOL_VERSION,
        isResumed,
        isEdge,
        next,
        window: isEdge ? EDGE_WINDOW_BYTES : WINDOW_BYTES,
        maxRecordBytes: MAX_MESSAGE_BYTES,
        software: `rerun-ts ${VERSION}`,
      }),
    );
  }

  /** More is stored behind an edge. */
  #onStored(receiver: RecordReceiver): void {
    const { stored = 0 } = this.#session?.upstream ?? {};
    if (this.#client.readyState !== this.#client.OPEN) return;
    if (stored > (this.#acknowledged ?? 0)) {
      this.#acknowledged = stored;
      this.#acknowledge();
    }
    if (!this.#isWaiting) this.#client.resume();
    else if (!receiver.isWaiting) this.#client.pause();
  }

  /** Continues with a receiver that had to wait for memory. */
  #resume(receiver: RecordReceiver): void {
    this.#rejectingErrors(() => receiver.resume());
    if (this.#isWaiting) return;
    this.#client.resume();
    this.#acknowledgeSoon();
  }

  #acknowledgeSoon(): void {
    if (this.#isAcknowledging) return;
    this.#isAcknowledging = true;
    setImmediate(() => {
      this.#isAcknowledging = false;
      const { next, upstream } = this.#session as WebSocketSession;
      if (upstream !== undefined) return this.#client.send(encodeReceived(next));
      this.#whenStored(() => {
        this.#acknowledged = next;
        this.#acknowledge();
      });
    });
  }

  #acknowledge(): void {
    if (this.#acknowledged === undefined) return;
    this.#lastAckAt = performance.now();
    this.#ackedBytes = this.#socket.bytesRead;
    const window = this.#session?.upstream === undefined ? WINDOW_BYTES : EDGE_WINDOW_BYTES;
    this.#client.send(encodeAck({ next: this.#acknowledged, window }));
  }

  /** Calls back once everything that has arrived is stored, unless the connection has ended. */
  #whenStored(callback: () => void): void {
    this.#context.relay.whenStored(this.#session?.failuresBefore ?? 0, (error) => {
      if (this.#client.readyState !== this.#client.OPEN) return;
      if (error === undefined) callback();
      else this.#reject(error);
    });
  }

  /** Acknowledges the bytes of a slow client, and terminates a silent one. */
  #onHeartbeat(): void {
    const now = performance.now();
    const { bytesRead } = this.#socket;
    const isWaiting = this.#isWaiting;
    if (bytesRead > this.#bytesRead || isWaiting) {
      this.#bytesRead = bytesRead;
      this.#silentBeats = 0;
    } else if (++this.#silentBeats * HEARTBEAT_MS > SILENCE_MS) return this.#client.terminate();
    const { next = 0, upstream } = this.#session ?? {};
    const isPending = bytesRead > this.#ackedBytes || (upstream !== undefined && next > upstream.stored);
    if (isPending && now - this.#lastAckAt >= HEARTBEAT_MS) this.#acknowledge();
    if (now - this.#lastPingAt < PING_MS) return;
    this.#lastPingAt = now;
    this.#client.ping();
  }

  /** Ends the connection because the session has a newer one, which may need the memory immediately. */
  readonly #onReplaced = (): void => {
    this.#receiver?.release();
    this.#end(REPLACED, "replaced by a newer connection");
  };

  #onClosed(): void {
    clearTimeout(this.#helloTimer);
    clearInterval(this.#heartbeat);
    this.#receiver?.release();
    const session = this.#session;
    if (session?.endConnection !== this.#onReplaced) return;
    if (session.upstream !== undefined) session.upstream.onProgress = () => {};
    session.endConnection = undefined;
    session.endedAt = performance.now();
  }

  #rejectingErrors(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#reject(RelayError.from(error));
    }
  }

  #reject(error: RelayError): void {
    this.#context.onRejected();
    this.#close(error);
  }

  /** Sends an error, and closes the connection with its message as the reason. */
  #close({ status, message }: RelayError): void {
    this.#receiver?.release();
    this.#client.send(encodeError({ code: status, message }));
    const reason = Buffer.from(message)
      .subarray(0, MAX_REASON_BYTES)
      .toString()
      .replace(/\uFFFD$/, "");
    this.#end(CLOSE_CODES[status] ?? POLICY, reason);
  }

  /** Closes the connection, and terminates it if the client does not respond in time. */
  #end(code: number, reason: string): void {
    this.#client.close(code, reason);
    setTimeout(() => this.#client.terminate(), CLOSE_MS).unref();
  }
}

/** The code that closes a WebSocket for the gRPC status of an error. */
const CLOSE_CODES: Readonly<Record<number, number>> = {
  [GRPC_STATUS.resourceExhausted]: TOO_LARGE,
  [GRPC_STATUS.unavailable]: GOING_AWAY,
};

/** Decodes a message of a WebSocket. @throws {RelayError} if the message is malformed */
export function readFrame(data: Buffer, isBinary: boolean): Frame {
  if (!isBinary) throw invalidFrame("expected a binary message, received text");
  try {
    return decodeFrame(data);
  } catch (error) {
    if (error instanceof FrameError) throw invalidFrame(error.message);
    throw error;
  }
}

/** Checks that a frame is a hello frame of this version. @throws {RelayError} if it is not */
export function expectHello(frame: Frame | undefined): Hello {
  if (frame?.type !== "hello") throw invalidFrame(`expected hello first, received ${frame?.type ?? "nothing"}`);
  if (frame.version === PROTOCOL_VERSION) return frame;
  const message = `protocol version ${frame.version} is not supported; this relay supports version ${PROTOCOL_VERSION}`;
  throw new RelayError(GRPC_STATUS.unimplemented, message);
}
