import type { MessageRecorder } from "../../packages/node/src/relay/message-recorder.ts";
import type { Parts } from "./build.ts";
import type { Network } from "./network.ts";
import type { ServerSocket, SocketServer } from "./sockets.ts";

/** A message that a relay has stored. */
export interface StoredMessage {
  readonly kind: string;
  readonly chunkId: string;
  readonly isStatic: boolean;
  readonly rows: readonly StoredRow[];
}

/** A row that a relay has stored. */
export interface StoredRow {
  readonly entity: string;
  readonly number: number;
  readonly isStatic: boolean;
}

const ROW = /<(s?)([abc])(\d+)>/g;

/**
 * The way in which a relay stores received messages. With a delay, a message is lost when the process dies before its
 * end.
 */
export interface RelayHostOptions {
  readonly storeMs: number;
  readonly memoryLimit: number;
  readonly receiveBytes: number;
}

/** The messages that one process of a relay has stored, in order. They outlive the process. */
export type Store = StoredMessage[];

/**
 * A relay that is started and killed. It has the real relay and its WebSocket connections, without HTTP around them.
 */
export class RelayHost implements SocketServer {
  /** The messages that each process has stored, the oldest process first. */
  readonly stores: Store[] = [];
  /** How much the history has held at most. */
  largestHistory = 0;
  readonly #parts: Parts;
  readonly #network: Network;
  readonly #options: RelayHostOptions;
  #process: RelayProcess | undefined;

  constructor(parts: Parts, network: Network, options: RelayHostOptions) {
    this.#parts = parts;
    this.#network = network;
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  start(): void {
    if (this.#process !== undefined) return;
    const store: Store = [];
    this.stores.push(store);
    this.#process = new RelayProcess(this.#parts, this.#network, this.#options, store);
  }

  /** Kills the process at once. */
  kill(): void {
    this.checkHistory();
    this.#process?.kill();
    this.#process = undefined;
  }

  accept(socket: ServerSocket): boolean {
    return this.#process?.accept(socket) ?? false;
  }

  /** Accepts a connection for a request of gRPC-web. */
  acceptRequest(socket: ServerSocket): boolean {
    this.#process?.addSocket(socket);
    return this.isRunning;
  }

  /** Receives a request. Calls back with the gRPC status once the response may be sent. */
  post(body: Uint8Array, kind: "call" | "frames", respond: (status: number) => void): void {
    this.#process?.post(Buffer.from(body), kind, respond);
  }

  checkHistory(): void {
    this.largestHistory = Math.max(this.largestHistory, this.#process?.historyBytes ?? 0);
  }
}

class RelayProcess {
  readonly #parts: Parts;
  readonly #relay;
  readonly #context;
  readonly #sockets = new Set<ServerSocket>();
  #isAlive = true;

  constructor(parts: Parts, network: Network, options: RelayHostOptions, store: Store) {
    const { Relay, ReceiveMemory, WebSocketSessions } = parts;
    this.#parts = parts;
    const { memoryLimit, receiveBytes } = options;
    this.#relay = new Relay({ memoryLimit, isNewestFirst: false, maxReaderBytes: memoryLimit });
    this.#relay.record(this.#createRecorder(network, options.storeMs, store));
    const memory = new ReceiveMemory({ maxBytes: receiveBytes, reserveBytes: 0 });
    this.#context = { relay: this.#relay, memory, sessions: new WebSocketSessions(), onRejected: () => {} };
  }

  get historyBytes(): number {
    return this.#relay.history.bytes;
  }

  addSocket(socket: ServerSocket): void {
    this.#sockets.add(socket);
  }

  accept(socket: ServerSocket): boolean {
    this.addSocket(socket);
    // oxlint-disable-next-line no-new -- it lives as long as its socket
    new this.#parts.ClientWebSocket(socket as never, socket as never, this.#context);
    return true;
  }

  post(body: Buffer, kind: "call" | "frames", respond: (status: number) => void): void {
    try {
      if (kind === "call") this.#receiveCall(body);
      else this.#receiveFrames(body);
    } catch (error) {
      return respond(this.#parts.RelayError.from(error).status);
    }
    this.#relay.whenStored(0, (error) => this.#isAlive && respond(error?.status ?? 0));
  }

  kill(): void {
    this.#isAlive = false;
    for (const socket of this.#sockets) socket.break();
  }

  /** The messages of a call of gRPC-web. */
  #receiveCall(body: Buffer): void {
    for (let at = 0; at < body.length;) {
      const end = at + 5 + body.readUInt32BE(at + 1);
      this.#relay.writeFrame(body, at, end, false);
      at = end;
    }
  }

  /** The frames that a page has posted, each behind its length, as `WebSocketService` receives them. */
  #receiveFrames(body: Buffer): void {
    const { NO_RESERVATION, RecordReceiver, expectHello, readFrame } = this.#parts;
    let receiver: InstanceType<Parts["RecordReceiver"]> | undefined;
    for (let at = 0; at < body.length; at += 4 + body.readUInt32BE(at)) {
      const frame = readFrame(body.subarray(at + 4, at + 4 + body.readUInt32BE(at)), true);
      if (receiver === undefined) {
        const { session, first } = expectHello(frame);
        const { sessions } = this.#context;
        receiver = new RecordReceiver(this.#relay, sessions.peek(session, first), NO_RESERVATION);
      } else receiver.receive(frame as never);
    }
  }

  #createRecorder({ world }: Network, storeMs: number, store: Store): MessageRecorder {
    let volatile: Store = [];
    let storing: Promise<void> | undefined;
    return {
      failure: undefined,
      failures: 0,
      prepare: () => undefined,
      add: ({ kind, chunkId, isStatic, logMsg }) => {
        const message = { kind, chunkId, isStatic, rows: rowsOf(logMsg) };
        if (storeMs === 0) store.push(message);
        else volatile.push(message);
      },
      store: () => {
        if (volatile.length === 0) return storing;
        const batch = volatile;
        volatile = [];
        // One after the other, as the operating system does it.
        const before = storing ?? Promise.resolve();
        const next = before.then(
          () =>
            new Promise<void>((resolve) => {
              world.after(storeMs, () => {
                if (!this.#isAlive) return;
                store.push(...batch);
                if (storing === next) storing = undefined;
                resolve();
              });
            }),
        );
        storing = next;
        return next;
      },
    };
  }
}

/** The rows in the bytes of a message, in order. */
function rowsOf(bytes: Buffer): readonly StoredRow[] {
  return Array.from(bytes.toString("latin1").matchAll(ROW), ([, mark, entity = "", number]) => ({
    entity,
    number: Number(number),
    isStatic: mark === "s",
  }));
}
