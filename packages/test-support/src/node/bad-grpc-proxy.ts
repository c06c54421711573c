import {
  connect,
  constants,
  createServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";

import { setTimeout as delay } from "node:timers/promises";
import { piecesOf, type ForeignAnswer } from "./foreign-answers.ts";
import { PortListener } from "./port-listener.ts";

/** The fate of a call: it is passed on, answered without being passed on, or cut off before that. */
export type CallFate = "pass" | "cut-before" | ForeignAnswer;

/** A proxy in front of a gRPC server, which may answer in its place. `BadHttpProxy` does the same for HTTP/1.1. */
export class BadGrpcProxy {
  /** Chooses the fate of each call. */
  fate: (headers: IncomingHttpHeaders) => CallFate = () => "pass";
  /** The fates of the calls so far. */
  readonly calls: string[] = [];
  readonly #listener: PortListener;
  readonly #targetPort: number;
  readonly #sessions = new Set<ServerHttp2Session>();
  #target: ClientHttp2Session | undefined;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    const server = createServer();
    server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
      session.on("error", () => {});
    });
    server.on("stream", (stream, headers) => void this.#handle(stream, headers));
    this.#listener = new PortListener(server, () => {
      for (const session of this.#sessions) session.destroy();
    });
  }

  /** Starts a proxy on a free port. */
  static async start(targetPort: number): Promise<BadGrpcProxy> {
    const proxy = new BadGrpcProxy(targetPort);
    await proxy.#listener.listen();
    return proxy;
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Ends all connections, and refuses further ones until `comeBack`. */
  leave(): Promise<void> {
    return this.#listener.close();
  }

  /** Listens at the same port again. */
  comeBack(): Promise<void> {
    return this.#listener.listen();
  }

  async stop(): Promise<void> {
    this.#target?.destroy();
    await this.leave();
  }

  async #handle(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const fate = this.fate(headers);
    this.calls.push(typeof fate === "string" ? fate : String(fate.status));
    stream.on("error", () => {});
    if (fate === "cut-before") return stream.session?.destroy();
    if (fate === "pass") return this.#pass(stream, headers);
    stream.resume();
    const { pieces, pauseMs, isCut } = piecesOf(fate);
    stream.respond({ ":status": fate.status, ...fate.headers });
    for (const piece of pieces) {
      if (stream.destroyed) return;
      stream.write(piece);
      if (pauseMs > 0) await delay(pauseMs);
    }
    if (isCut) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else stream.end();
  }

  /** Passes a call on, both ways. */
  #pass(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    if (this.#target === undefined || this.#target.closed || this.#target.destroyed) {
      this.#target = connect(`http://127.0.0.1:${this.#targetPort}`);
      this.#target.on("error", () => {});
    }
    const { ":authority": _, ...passed } = headers;
    const call = this.#target.request(passed);
    let trailers: IncomingHttpHeaders = {};
    call.on("error", () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    call.on("trailers", (all) => (trailers = all));
    call.on("response", (response) => {
      if (stream.destroyed) return;
      stream.respond(response, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers(trailers));
      call.pipe(stream);
    });
    stream.on("close", () => call.close());
    stream.pipe(call);
  }
}
