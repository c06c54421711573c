import { constants, createSecureServer, createServer, type Http2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { haveEntity, readFrames, receivedRrd, type Received } from "../common/received-messages.ts";

/** The behaviour of a {@link GrpcServer}. Default: it accepts everything. */
export interface ServerBehaviour {
  /** The gRPC status of every call. Default: 0. */
  readonly status?: number;
  /** The text of that status, as it is on the wire. Default: `no`. */
  readonly statusText?: string;
  /** Calls with a chunk of this entity are rejected with the status 3. */
  readonly refusedEntity?: string;
  /** Responds before it has read anything. */
  readonly rejectsAtOnce?: boolean;
  /** Never reads a request. */
  readonly neverReads?: boolean;
  /** Ends calls without a response and without an error. */
  readonly hangsUp?: boolean;
  /** The HTTP status of the first calls, as many as `proxyAnswers`: as a proxy answers while its server is replaced. */
  readonly proxyStatus?: number;
  readonly proxyAnswers?: number;
}

/** The private key and the certificate of a server. */
export interface ServerTls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** A proxy that collects the received messages, in the order of the acknowledged calls. */
export class GrpcServer {
  readonly received: Received[] = [];
  readonly headers: Record<string, string | string[] | undefined>[] = [];
  calls = 0;
  /** The number of connections that clients have opened. */
  connections = 0;
  readonly #server: Server;
  readonly #scheme: string;
  readonly #sessions = new Set<Http2Session>();
  #behaviour: ServerBehaviour;

  private constructor(behaviour: ServerBehaviour, tls: ServerTls | undefined) {
    this.#behaviour = behaviour;
    this.#scheme = tls === undefined ? "rerun+http" : "rerun";
    this.#server = tls === undefined ? createServer() : createSecureServer({ ...tls });
    this.#server.on("session", (session) => {
      this.connections++;
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
      session.on("error", () => {});
    });
    this.#server.on("sessionError", () => {});
    this.#server.on("stream", (stream, headers) => this.#answer(stream, headers));
  }

  /** Starts a server, by default on a free port. */
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

  /** The received messages as a stream without footer. */
  toRrd(): Uint8Array {
    return receivedRrd(this.received);
  }

  /** Changes the behaviour for calls that begin from now on. */
  behave(behaviour: ServerBehaviour): void {
    this.#behaviour = behaviour;
  }

  /** Ends all connections immediately, as a killed process does. */
  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Sends GOAWAY on all connections and accepts no further connections */
  async retire(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#sessions) session.close();
    await closed;
  }

  #answer(stream: ServerHttp2Stream, headers: Record<string, string | string[] | undefined>): void {
    this.calls++;
    this.headers.push(headers);
    stream.on("error", () => {});
    const {
      status = 0,
      statusText = "no",
      refusedEntity,
      rejectsAtOnce,
      neverReads,
      hangsUp,
      proxyStatus,
      proxyAnswers = 0,
    } = this.#behaviour;
    if (proxyStatus !== undefined && this.calls <= proxyAnswers)
      return stream.respond({ ":status": proxyStatus, "content-type": "text/html" }, { endStream: true });
    if (neverReads === true) return;
    if (hangsUp === true) return stream.close(constants.NGHTTP2_NO_ERROR);
    if (rejectsAtOnce === true) {
      stream.respond(
        {
          ":status": 200,
          "content-type": "application/grpc",
          "grpc-status": String(status),
          "grpc-message": statusText,
        },
        { endStream: true },
      );
      return;
    }
    const parts: Buffer[] = [];
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("end", () => {
      if (stream.destroyed) return;
      const body = Buffer.concat(parts);
      const isRefused = refusedEntity !== undefined && haveEntity(readFrames(body), refusedEntity);
      const result = isRefused ? 3 : status;
      if (result === 0) this.received.push(...readFrames(body));
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () =>
        stream.sendTrailers({ "grpc-status": String(result), "grpc-message": statusText }),
      );
      stream.end();
    });
  }
}
