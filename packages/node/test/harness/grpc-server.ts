import { constants, createSecureServer, createServer, type Http2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { readFrames, receivedRrd, type Received } from "../../../core/test/contract/received-messages.ts";

/** How a server of the tests behaves; by default it takes everything. */
export interface ServerBehaviour {
  /** The status that every call ends with. Default 0. */
  readonly status?: number;
  /** Answers before anything is read. */
  readonly refusesAtOnce?: boolean;
  /** Never reads what it is sent. */
  readonly neverReads?: boolean;
  /** Ends calls without an answer and without an error. */
  readonly hangsUp?: boolean;
}

/** What a server needs to encrypt its connections. */
export interface ServerTls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** A proxy that keeps what it is sent, in the order of the calls that it has acknowledged. */
export class GrpcServer {
  readonly received: Received[] = [];
  readonly headers: Record<string, string | string[] | undefined>[] = [];
  calls = 0;
  readonly #server: Server;
  readonly #scheme: string;
  readonly #sessions = new Set<Http2Session>();
  #behaviour: ServerBehaviour;

  private constructor(behaviour: ServerBehaviour, tls: ServerTls | undefined) {
    this.#behaviour = behaviour;
    this.#scheme = tls === undefined ? "rerun+http" : "rerun";
    this.#server = tls === undefined ? createServer() : createSecureServer({ ...tls });
    this.#server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
      session.on("error", () => {});
    });
    this.#server.on("sessionError", () => {});
    this.#server.on("stream", (stream, headers) => this.#answer(stream, headers));
  }

  static async start(behaviour: ServerBehaviour = {}, port = 0, tls?: ServerTls): Promise<GrpcServer> {
    const server = new GrpcServer(behaviour, tls);
    await new Promise<void>((resolve) => server.#server.listen(port, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}/proxy`;
  }

  /** What it has taken, as a stream without footer. */
  toRrd(): Uint8Array {
    return receivedRrd(this.received);
  }

  behave(behaviour: ServerBehaviour): void {
    this.#behaviour = behaviour;
  }

  /** Ends all connections at once, as a process that is killed does. */
  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Says goodbye on every connection, and takes no more of them: what is under way may go on to its end. */
  async retire(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#sessions) session.close();
    await closed;
  }

  #answer(stream: ServerHttp2Stream, headers: Record<string, string | string[] | undefined>): void {
    this.calls++;
    this.headers.push(headers);
    stream.on("error", () => {});
    const { status = 0, refusesAtOnce, neverReads, hangsUp } = this.#behaviour;
    if (neverReads === true) return;
    if (hangsUp === true) return stream.close(constants.NGHTTP2_NO_ERROR);
    if (refusesAtOnce === true) {
      stream.respond(
        { ":status": 200, "content-type": "application/grpc", "grpc-status": String(status), "grpc-message": "no" },
        { endStream: true },
      );
      return;
    }
    const parts: Buffer[] = [];
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("end", () => {
      if (stream.destroyed) return;
      if (status === 0) this.received.push(...readFrames(Buffer.concat(parts)));
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": String(status), "grpc-message": "no" }));
      stream.end();
    });
  }
}
