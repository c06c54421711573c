import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * The fate of a request: it is passed on, answered without being passed on, cut off before that, within its body, or
 * after the server has answered it.
 */
export type RequestFate =
  | "pass"
  | "cut-before"
  | "cut-within"
  | "cut-after"
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** A proxy in front of an HTTP server, with faults. */
export class BadHttpProxy {
  /** Chooses the fate of each request. */
  fate: (request: IncomingMessage) => RequestFate = () => "pass";
  /** The requests so far, as `METHOD /path → fate`. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #targetPort: number;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((incoming, answer) => void this.#handle(incoming, answer));
  }

  static async start(targetPort: number): Promise<BadHttpProxy> {
    const proxy = new BadHttpProxy(targetPort);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #handle(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const fate = this.fate(incoming);
    const name = typeof fate === "string" ? fate : String(fate.status);
    this.requests.push(`${incoming.method} ${incoming.url?.split("?")[0]} → ${name}`);
    incoming.on("error", () => {});
    if (typeof fate !== "string") {
      incoming.resume();
      answer.writeHead(fate.status, { ...fate.headers, connection: "close" }).end(fate.body ?? "");
      return;
    }
    if (fate === "cut-before") return void incoming.destroy();
    try {
      if (fate === "cut-within") return await this.#passHalf(incoming);
      const { response, body } = await this.#pass(incoming);
      if (fate === "cut-after") incoming.socket.destroy();
      else answer.writeHead(response.statusCode ?? 502, response.rawHeaders).end(body);
    } catch {
      incoming.socket.destroy();
    }
  }

  /** Passes on half of a body, and ends both connections without an error, as happens when a program is killed. */
  async #passHalf(incoming: IncomingMessage): Promise<void> {
    const { method, url, headers } = incoming;
    const outgoing = request({ host: "127.0.0.1", port: this.#targetPort, method, path: url, headers, agent: false });
    outgoing.on("error", () => {});
    let left = Number(headers["content-length"]) >> 1;
    for await (const piece of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      await new Promise((resolve) => outgoing.write(piece.subarray(0, left), resolve));
      left -= piece.byteLength;
      if (left <= 0) break;
    }
    const closed = outgoing.socket === null ? undefined : once(outgoing.socket, "close");
    outgoing.socket?.end();
    await closed;
    incoming.socket.destroy();
  }

  async #pass(incoming: IncomingMessage): Promise<{ response: IncomingMessage; body: Buffer }> {
    const { method, url, headers } = incoming;
    // With the host of this proxy, which is in the signature.
    const outgoing = request({ host: "127.0.0.1", port: this.#targetPort, method, path: url, headers });
    // The server may answer, and close the connection, before it has the whole body.
    outgoing.on("error", () => {});
    incoming.pipe(outgoing);
    incoming.on("close", () => {
      if (!incoming.complete) outgoing.destroy();
    });
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(piece as Buffer);
    return { response, body: Buffer.concat(pieces) };
  }
}
