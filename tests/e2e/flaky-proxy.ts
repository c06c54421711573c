import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A proxy between a page and a server that behaves like an unreliable network. */
export class FlakyProxy {
  /** The port of the server; `undefined` if no server runs. */
  target: number | undefined;
  /** Whether responses are dropped while requests still arrive. Those to preflight requests are not. */
  isMuted = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => this.#serve(socket));
  }

  static async start(target?: number): Promise<FlakyProxy> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const proxy = new FlakyProxy(server);
    proxy.target = target;
    return proxy;
  }

  get url(): string {
    return `rerun+http://127.0.0.1:${(this.#server.address() as { port: number }).port}/proxy`;
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    await closed;
  }

  #serve(client: Socket): void {
    this.#keep(client);
    if (this.target === undefined) return void (this.isMuted || client.destroy());
    const server = connect(this.target, "127.0.0.1");
    this.#keep(server);
    client.pipe(server);
    // Without a response to it, a page would not send its request.
    let isPreflight = false;
    client.on("data", (data: Buffer) => void (isPreflight = data.subarray(0, 8).toString() === "OPTIONS "));
    server.on("data", (data) => void ((this.isMuted && !isPreflight) || client.write(data)));
    server.on("close", () => void (this.isMuted || client.destroy()));
    client.on("close", () => server.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
