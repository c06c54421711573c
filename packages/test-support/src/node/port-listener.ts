import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";

/** A server that stops to listen for a while, and then listens at its port again. */
export class PortListener {
  readonly #server: Server;
  readonly #cut: () => void;
  #port = 0;

  /** @param cut ends all connections of the server */
  constructor(server: Server, cut: () => void) {
    this.#server = server;
    this.#cut = cut;
  }

  get port(): number {
    return this.#port;
  }

  /** Listens, at a free port the first time. */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections, and refuses further ones. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#cut();
    this.#server.close();
    await closed;
  }
}
