import type {
  WebSocketEvent,
  WebSocketLike,
} from "../../packages/core/src/transport/websocket/websocket-connection.ts";
import { Pipe, type Network } from "./network.ts";

type Listener = (event: WebSocketEvent) => void;
const ABNORMAL = 1006;
/** Bytes of TCP, TLS and WebSocket headers of a frame. */
const FRAME_OVERHEAD = 60;

/** A party that accepts connections: a running relay. */
export interface SocketServer {
  /** Returns `false` if nothing listens. */
  accept(socket: ServerSocket): boolean;
}

/** The client's end of a simulated WebSocket, in the form of the platform's. */
export class ClientSocket implements WebSocketLike {
  binaryType = "blob";
  /** As in the class of platforms: connecting, open, closing, closed. */
  readyState: 0 | 1 | 2 | 3 = 0;
  readonly up: Pipe;
  readonly down: Pipe;
  readonly #network: Network;
  readonly #server: ServerSocket;
  readonly #listeners = new Map<string, Listener[]>();
  #isEnded = false;

  constructor(network: Network, server: SocketServer) {
    this.#network = network;
    this.up = new Pipe(network);
    this.down = new Pipe(network);
    this.#server = new ServerSocket(this);
    this.up.send(FRAME_OVERHEAD, () => {
      const isAccepted = server.accept(this.#server);
      this.down.send(FRAME_OVERHEAD, () => (isAccepted ? this.#open() : this.end(ABNORMAL)));
    });
  }

  get bufferedAmount(): number {
    return this.up.bufferedAmount;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(data: Uint8Array | string): void {
    const copy = Buffer.from(data as Uint8Array);
    this.up.send(copy.length + FRAME_OVERHEAD, () => this.#server.receive(copy, typeof data !== "string"));
  }

  close(): void {
    if (this.readyState < 2) this.readyState = 2;
    this.up.send(FRAME_OVERHEAD, () => this.#server.end());
    this.#network.world.after(0, () => this.end(1000));
  }

  terminate(): void {
    this.up.send(FRAME_OVERHEAD, () => this.#server.end());
    this.#network.world.after(0, () => this.end(ABNORMAL));
  }

  emit(type: string, event: WebSocketEvent): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }

  #open(): void {
    if (this.readyState !== 0) return;
    this.readyState = 1;
    this.emit("open", {});
  }

  /** The connection has ended, as the client sees it. */
  end(code: number, reason = ""): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.readyState = 3;
    this.down.cut();
    this.emit("close", { code, reason });
  }

  /** The connection is lost: the operating systems of both ends say so. */
  break(): void {
    this.up.cut();
    this.#server.end();
    this.#network.world.after(0, () => this.end(ABNORMAL));
  }
}

/** The server's end of a simulated WebSocket, in the form of the package `ws`. */
export class ServerSocket {
  readonly OPEN = 1;
  readyState = 1;
  readonly #client: ClientSocket;
  readonly #listeners = new Map<string, ((...args: unknown[]) => void)[]>();
  #isPaused = false;
  #waiting: [data: Buffer, isBinary: boolean][] = [];
  #pongs = 0;

  constructor(client: ClientSocket) {
    this.#client = client;
  }

  /** Bytes that have arrived, as the TCP socket counts them. */
  get bytesRead(): number {
    return this.#client.up.arrivedBytes + this.#pongs;
  }

  get bufferedAmount(): number {
    return this.#client.down.bufferedAmount;
  }

  on(type: string, listener: (...args: never[]) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener as () => void]);
  }

  send(data: Uint8Array | string): void {
    if (this.readyState !== 1) return;
    const copy = typeof data === "string" ? data : Uint8Array.from(data).buffer;
    const bytes = typeof data === "string" ? Buffer.byteLength(data) : data.length;
    this.#client.down.send(bytes + FRAME_OVERHEAD, () => this.#client.emit("message", { data: copy }));
  }

  ping(): void {
    this.#client.down.send(FRAME_OVERHEAD, () => this.#client.up.send(FRAME_OVERHEAD, () => this.#pong()));
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    while (!this.#isPaused && this.#waiting.length > 0) this.#emit("message", ...(this.#waiting.shift() ?? []));
  }

  close(code: number, reason: unknown = ""): void {
    if (this.readyState > 1) return;
    this.readyState = 2;
    this.#client.down.send(FRAME_OVERHEAD, () => {
      this.#client.up.send(FRAME_OVERHEAD, () => this.end());
      this.#client.end(code, String(reason));
    });
  }

  terminate(): void {
    this.#client.down.send(FRAME_OVERHEAD, () => this.#client.end(ABNORMAL));
    this.end();
  }

  /** The process has died: the operating system ends its connections. */
  break(): void {
    this.readyState = 3;
    this.#client.break();
  }

  /** A frame has arrived. */
  receive(data: Buffer, isBinary: boolean): void {
    if (this.readyState === 3) return;
    if (this.#isPaused) this.#waiting.push([data, isBinary]);
    else this.#emit("message", data, isBinary);
  }

  #pong(): void {
    this.#pongs++;
    if (this.readyState !== 3) this.#emit("pong");
  }

  /** The connection has ended, as the server sees it. */
  end(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#emit("close");
  }

  #emit(type: string, ...args: unknown[]): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(...args);
  }
}
