import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { urlOf } from "./free-port.ts";

/**
 * Processes a piece of one direction: returns the bytes to pass on, or `"cut"` for both sides, or `"end"` for this
 * direction.
 */
export type Passage = (piece: Buffer) => Buffer | "cut" | "end" | Promise<Buffer | "cut" | "end">;

/** The processing of both directions of a connection; by default bytes pass unchanged. */
export interface Fate {
  readonly toServer?: Passage;
  readonly toClient?: Passage;
}

/** A proxy between a client and a server that simulates the faults of networks. */
export class TcpProxy {
  /** The proxy calls this function for each new connection. */
  fate: () => Fate = () => ({});
  connections = 0;
  /** The number of connections of which nothing is passed on. */
  #vanished = 0;
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#join(client));
  }

  /** Starts a proxy in front of a port, until the end of the test. */
  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    onTestFinished(() => proxy.stop());
    return proxy;
  }

  get url(): string {
    return urlOf((this.#server.address() as AddressInfo).port);
  }

  /** Passes on nothing more of the connections so far, and ends none, as a machine that vanishes. */
  vanish(): void {
    this.#vanished = this.connections;
  }

  /** Cuts all connections. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cutAll();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket): void {
    const number = ++this.connections;
    const { toServer, toClient } = this.fate();
    const unlessVanished =
      (passage: Passage = (piece) => piece): Passage =>
      (piece) =>
        number <= this.#vanished ? Buffer.alloc(0) : passage(piece);
    const server = connect({ port: this.#targetPort, host: "127.0.0.1", allowHalfOpen: true });
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    void pass(client, server, unlessVanished(toServer));
    void pass(server, client, unlessVanished(toClient));
  }
}

/** Passes on the bytes of one direction, in order, as fast as they are received. */
async function pass(from: Socket, to: Socket, passage: Passage): Promise<void> {
  let isOpen = true;
  try {
    for await (const piece of from) {
      // The proxy drops bytes after the end of this direction; the other direction continues.
      const next = isOpen ? await passage(piece as Buffer) : "end";
      if (next === "cut") return void to.destroy();
      if (next === "end") {
        to.end();
        isOpen = false;
      } else if (!to.write(next)) {
        await once(to, "drain");
      }
    }
    to.end();
  } catch {
    // One side has ended, so the other one is ended too.
    to.destroy();
  }
}
