import { once } from "node:events";
import { ServerResponse, createServer, request, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { piecesOf, type ForeignAnswer } from "./foreign-answers.ts";
import { PortListener } from "./port-listener.ts";

/**
 * The fate of a request: it is passed on, answered without being passed on, never answered, or cut off before that,
 * within its body, or after the server has answered it. A bit of its body, or of that of its answer, is flipped. Its
 * answer arrives seconds later, and is as old.
 */
export type RequestFate =
  | "pass"
  | "hang"
  | "cut-before"
  | "cut-within"
  | "cut-after"
  | "flip-body"
  | "flip-answer"
  | "late"
  | ForeignAnswer;

/** The delay of a late answer, in milliseconds. */
const LATE_MS = 3000;

/**
 * A proxy in front of an HTTP/1.1 server, with faults: for stores, catalogs, gRPC-web and WebSockets. `FOREIGN_ANSWERS`
 * lists answers in place of the server's.
 */
export class BadHttpProxy {
  /** Chooses the fate of each request. */
  fate: (request: IncomingMessage) => RequestFate = () => "pass";
  /** The requests so far, as `METHOD /path → fate`. */
  readonly requests: string[] = [];
  readonly #listener: PortListener;
  readonly #targetPort: number;
  /** Connections of requests that are never answered. */
  readonly #hanging = new Set<Socket>();
  /** Requests that the server has, and has not answered. */
  readonly #passed = new Set<Promise<unknown>>();
  /** Sockets of WebSockets, which belong to the server no longer. */
  readonly #upgraded = new Set<Socket>();

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    const server = createServer((incoming, answer) => void this.#handle(incoming, answer));
    server.on("upgrade", (incoming, socket, head) => void this.#upgrade(incoming, socket as Socket, head));
    this.#listener = new PortListener(server, () => {
      server.closeAllConnections();
      for (const socket of this.#upgraded) socket.destroy();
    });
  }

  static async start(targetPort: number): Promise<BadHttpProxy> {
    const proxy = new BadHttpProxy(targetPort);
    await proxy.#listener.listen();
    return proxy;
  }

  get port(): number {
    return this.#listener.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Answers all requests in the same way for a while, and then passes them on. Settles at the end of that time. */
  async answerFor(milliseconds: number, fate: RequestFate): Promise<void> {
    this.fate = () => fate;
    await delay(milliseconds);
    this.fate = () => "pass";
  }

  /** Ends the connections of requests that were to hang. */
  cutHanging(): void {
    for (const socket of this.#hanging) socket.destroy();
    this.#hanging.clear();
  }

  /** Ends all connections, and refuses further ones until `comeBack`. */
  leave(): Promise<void> {
    return this.#listener.close();
  }

  /** Listens at the same port again. */
  comeBack(): Promise<void> {
    return this.#listener.listen();
  }

  /** Settles when the server has nothing left to do: clients that are gone do not stop it. */
  async settle(): Promise<void> {
    while (this.#passed.size > 0) await Promise.allSettled(this.#passed);
  }

  async stop(): Promise<void> {
    await this.leave();
  }

  async #handle(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const fate = this.#choose(incoming);
    incoming.on("error", () => {});
    if (typeof fate !== "string") return answerInstead(incoming, answer, fate);
    if (fate === "cut-before") return void incoming.destroy();
    if (fate === "hang") return void this.#hanging.add(incoming.resume().socket);
    try {
      if (fate === "cut-within") return await this.#passHalf(incoming);
      const passed = this.#pass(incoming, fate === "flip-body");
      this.#passed.add(passed);
      const { response, body } = await passed.finally(() => this.#passed.delete(passed));
      if (fate === "flip-answer") flipBit(body);
      if (fate === "late") await delay(LATE_MS, undefined, { ref: false });
      if (fate === "cut-after") incoming.socket.destroy();
      else answer.writeHead(response.statusCode ?? 502, response.rawHeaders).end(body);
    } catch {
      incoming.socket.destroy();
    }
  }

  #choose(incoming: IncomingMessage): RequestFate {
    const fate = this.fate(incoming);
    const name = typeof fate === "string" ? fate : String(fate.status);
    this.requests.push(`${incoming.method} ${incoming.url?.split("?")[0]} → ${name}`);
    return fate;
  }

  /** Connects a WebSocket to the server, or answers the request for it. */
  async #upgrade(incoming: IncomingMessage, client: Socket, head: Buffer): Promise<void> {
    const fate = this.#choose(incoming);
    client.on("error", () => {});
    this.#upgraded.add(client);
    client.on("close", () => this.#upgraded.delete(client));
    if (fate !== "pass" && typeof fate === "string") return void client.destroy();
    if (typeof fate !== "string") {
      const answer = new ServerResponse(incoming);
      answer.assignSocket(client);
      await answerInstead(incoming, answer, fate);
      return void client.end();
    }
    const server = connect(this.#targetPort, "127.0.0.1");
    server.on("error", () => client.destroy());
    server.on("close", () => client.destroy());
    client.on("close", () => server.destroy());
    const headers: string[] = [];
    const { rawHeaders } = incoming;
    for (let index = 0; index < rawHeaders.length; index += 2)
      headers.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`);
    server.write(`GET ${incoming.url} HTTP/1.1\r\n${headers.join("")}\r\n`);
    server.write(head);
    client.pipe(server).pipe(client);
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

  async #pass(incoming: IncomingMessage, isFlipped: boolean): Promise<{ response: IncomingMessage; body: Buffer }> {
    const { method, url, headers } = incoming;
    // With the host of this proxy, which is in the signature.
    const outgoing = request({ host: "127.0.0.1", port: this.#targetPort, method, path: url, headers });
    // The server may answer, and close the connection, before it has the whole body.
    outgoing.on("error", () => {});
    if (isFlipped) incoming.once("data", (piece: Buffer) => flipBit(piece));
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

/** Flips a bit in the middle. */
function flipBit(bytes: Buffer): void {
  const at = bytes.byteLength >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 4;
}

async function answerInstead(incoming: IncomingMessage, answer: ServerResponse, fate: ForeignAnswer): Promise<void> {
  incoming.resume();
  answer.on("error", () => {});
  const { pieces, pauseMs, isCut } = piecesOf(fate);
  // A body that is cut off has a length, by which clients can tell.
  const length = isCut ? { "content-length": String(Buffer.byteLength(fate.body ?? "")) } : {};
  answer.writeHead(fate.status, { ...fate.headers, ...length, connection: "close" });
  // The answer to `HEAD` has no body.
  if (fate.end === "never" && incoming.method !== "HEAD") {
    while (!answer.destroyed) await new Promise((resolve) => answer.write(pieces[0] ?? "", resolve));
    return;
  }
  if (pauseMs === 0 && !isCut) return void answer.end(pieces[0]);
  for (const piece of pieces) {
    await new Promise((resolve) => answer.write(piece, resolve));
    await delay(pauseMs);
  }
  if (isCut) incoming.socket.destroy();
  else answer.end();
}
