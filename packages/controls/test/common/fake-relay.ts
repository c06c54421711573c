import type { FromPanel, OfferedProgram, ToPanel } from "@rerun-ts/controls/protocol";
import { vi } from "vitest";

/** A relay in the process of the test: it takes the place of the class `WebSocket`. */
export class FakeRelay {
  /** What panels have sent, apart from `join` and beats. */
  readonly received: FromPanel[] = [];
  beats = 0;
  connections = 0;
  /** The subprotocols of the last connection. */
  protocols: readonly string[] = [];
  /** Whether nobody can connect. */
  isAbsent = false;
  /** Whether attempts to connect get no answer, as behind a network that drops packets. */
  isUnreachable = false;
  programs: readonly OfferedProgram[] = [];
  /** Bytes that wait in each socket. */
  bufferedAmount = 0;
  readonly #sockets = new Set<FakeSocket>();

  constructor() {
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment -- the class is created with `new`
    const relay = this;
    class Socket extends FakeSocket {
      constructor(_url: string, protocols: readonly string[]) {
        super(relay);
        relay.protocols = protocols;
        relay.open(this);
      }
    }
    vi.stubGlobal("WebSocket", Socket);
  }

  /** Sends a message to all panels. */
  send(message: ToPanel): void {
    for (const socket of this.#sockets) socket.emit("message", { data: JSON.stringify(message) });
  }

  /** Tells all panels which programs there are now. */
  describe(programs: readonly OfferedProgram[]): void {
    this.programs = programs;
    this.send({ type: "programs", client: "me", by: "tester", programs });
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.close();
  }

  receive(socket: FakeSocket, message: FromPanel): void {
    if (message.type === "beat") this.beats++;
    else if (message.type !== "join") this.received.push(message);
    else {
      this.#sockets.add(socket);
      const answer: ToPanel = { type: "programs", client: "me", by: "tester", programs: this.programs };
      queueMicrotask(() => socket.emit("message", { data: JSON.stringify(answer) }));
    }
  }

  forget(socket: FakeSocket): void {
    this.#sockets.delete(socket);
  }

  open(socket: FakeSocket): void {
    this.connections++;
    if (this.isUnreachable) return;
    queueMicrotask(() => {
      if (this.isAbsent) return socket.close();
      socket.readyState = FakeSocket.OPEN;
      socket.emit("open", {});
    });
  }
}

class FakeSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  readyState = 0;
  readonly #relay: FakeRelay;
  readonly #listeners: [name: string, listener: (event: object) => void][] = [];

  constructor(relay: FakeRelay) {
    this.#relay = relay;
  }

  get bufferedAmount(): number {
    return this.#relay.bufferedAmount;
  }

  addEventListener(name: string, listener: (event: object) => void): void {
    this.#listeners.push([name, listener]);
  }

  emit(name: string, event: object): void {
    for (const [own, listener] of this.#listeners) if (own === name) listener(event);
  }

  send(text: string): void {
    this.#relay.receive(this, JSON.parse(text) as FromPanel);
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#relay.forget(this);
    queueMicrotask(() => this.emit("close", {}));
  }
}
