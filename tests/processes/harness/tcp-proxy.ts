import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { urlOf } from "./real-server.ts";

/** What becomes of the bytes of one direction: other bytes, "cut" both sides, or "end" this direction. */
export type Passage = (piece: Buffer) => Buffer | "cut" | "end" | Promise<Buffer | "cut" | "end">;

/** What becomes of a connection; bytes of which nothing is said pass as they are. */
export interface Fate {
  readonly toServer?: Passage;
  readonly toClient?: Passage;
}

/** Stands between a client and a server, and does to their connections what networks do. */
export class TcpProxy {
  /** Asked for every new connection. */
  fate: () => Fate = () => ({});
  connections = 0;
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#join(client));
  }

  /** Starts one in front of a port, until the end of the test. */
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

  /** Cuts all connections that there are. */
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
    this.connections++;
    const { toServer, toClient } = this.fate();
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
    void pass(client, server, toServer);
    void pass(server, client, toClient);
  }
}

/** Takes the bytes of one direction across, in order, as fast as they are taken. */
async function pass(from: Socket, to: Socket, passage: Passage = (piece) => piece): Promise<void> {
  let isOpen = true;
  try {
    for await (const piece of from) {
      // What comes after the end of this direction is lost; the other one goes on.
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
    // One side has gone, and so the other one goes.
    to.destroy();
  }
}
