import { once } from "node:events";
import {
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { buffer } from "node:stream/consumers";

/** A message of a call, as it is on the wire: its flags, and its bytes. */
export interface ProxiedFrame {
  readonly flags: number;
  readonly data: Uint8Array;
}

/** Changes the messages of one call. */
type Rewrite = (call: string, frames: readonly ProxiedFrame[]) => readonly ProxiedFrame[];

/** A proxy in front of a catalog that changes messages: gRPC over HTTP/2 for Node, and gRPC-web for pages. */
export class CatalogProxy {
  /**
   * Changes the messages of a request, and the messages of a response. The first argument names the call as in
   * `FindChunks`.
   */
  onRequest: Rewrite = (_, frames) => frames;
  onResponse: Rewrite = (_, frames) => frames;
  /** The call whose response has no end: its messages come again and again. */
  endless: string | undefined;
  /** The bytes of endless responses so far. */
  endlessBytes = 0;
  /** The names of the calls so far, and their headers. */
  readonly calls: { readonly name: string; readonly headers: IncomingHttpHeaders }[] = [];
  readonly #target: ClientHttp2Session;
  readonly #targetPort: number;
  readonly #servers: readonly [grpc: Server, web: Server];

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#target = connect(`http://127.0.0.1:${targetPort}`);
    this.#target.on("error", () => {});
    // In MiB. A session that has as much to send takes no other calls.
    const grpc = createServer({ maxSessionMemory: 1000 });
    grpc.on(
      "stream",
      (stream, headers) => void this.#grpc(stream, headers).catch((error: unknown) => stream.destroy(error as Error)),
    );
    grpc.on("sessionError", () => {});
    const web = createHttpServer((request, response) => void this.#web(request, response));
    this.#servers = [grpc as unknown as Server, web];
  }

  /** Starts a proxy on free ports. */
  static async start(targetPort: number): Promise<CatalogProxy> {
    const proxy = new CatalogProxy(targetPort);
    for (const server of proxy.#servers) {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    }
    return proxy;
  }

  /** The URL for programs on Node. */
  get url(): string {
    return this.#urlOf(this.#servers[0]);
  }

  /** The URL for pages. */
  get webUrl(): string {
    return this.#urlOf(this.#servers[1]);
  }

  /** The number of calls with a name so far. */
  count(name: string): number {
    return this.calls.filter((call) => call.name === name).length;
  }

  stop(): void {
    this.#target.destroy();
    for (const server of this.#servers) server.close();
    (this.#servers[1] as ReturnType<typeof createHttpServer>).closeAllConnections();
  }

  #urlOf(server: Server): string {
    return `rerun+http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async #grpc(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    stream.on("error", () => {});
    const name = this.#note(headers[":path"] ?? "", headers);
    const body = joinFrames(this.onRequest(name, splitFrames(await buffer(stream))));
    const { ":authority": _, ...passed } = headers;
    const call = this.#target.request(passed);
    const answered = once(call, "response") as Promise<[IncomingHttpHeaders & { ":status"?: number }]>;
    let trailers: IncomingHttpHeaders = {};
    call.on("trailers", (all) => (trailers = all));
    call.end(body);
    const [response] = await answered;
    const answer = await buffer(call);
    if (stream.destroyed) return;
    stream.respond(response, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    const rewritten = joinFrames(this.onResponse(name, splitFrames(answer)));
    for (const many = Buffer.concat(Array.from({ length: 8 }, () => rewritten)); name === this.endless;) {
      if (stream.destroyed) return;
      this.endlessBytes += many.length;
      if (!stream.write(many)) await drained(stream);
    }
    stream.end(rewritten);
  }

  async #web(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = "", headers } = request;
    const name = this.#note(url, headers);
    const isCall = method === "POST";
    const sent = await buffer(request);
    const body = isCall ? joinFrames(this.onRequest(name, splitFrames(sent))) : sent;
    const { "content-length": _, "transfer-encoding": _encoding, ...passed } = headers;
    const target = { host: "127.0.0.1", port: this.#targetPort, method, path: url, headers: passed };
    const call = httpRequest(target);
    const answered = once(call, "response") as Promise<[IncomingMessage]>;
    call.end(body);
    try {
      const [answer] = await answered;
      const { "content-length": _length, "transfer-encoding": _sent, ...kept } = answer.headers;
      const received = await buffer(answer);
      const rewritten = isCall ? joinFrames(this.onResponse(name, splitFrames(received))) : received;
      response.writeHead(answer.statusCode ?? 502, kept).end(rewritten);
    } catch {
      response.destroy();
    }
  }

  #note(path: string, headers: IncomingHttpHeaders): string {
    const name = path.split("/").at(-1) ?? "";
    this.calls.push({ name, headers });
    return name;
  }
}

/** Resolves when a stream takes more, or has ended. */
function drained(stream: ServerHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      stream.off("drain", end);
      stream.off("close", end);
      resolve();
    };
    stream.on("drain", end);
    stream.on("close", end);
  });
}

/** Five bytes before each message: flags, and its length. */
function splitFrames(body: Buffer): readonly ProxiedFrame[] {
  const frames: ProxiedFrame[] = [];
  for (let at = 0; at + 5 <= body.length;) {
    const end = at + 5 + body.readUInt32BE(at + 1);
    frames.push({ flags: body[at] ?? 0, data: new Uint8Array(body.subarray(at + 5, end)) });
    at = end;
  }
  return frames;
}

function joinFrames(frames: readonly ProxiedFrame[]): Buffer {
  return Buffer.concat(
    frames.flatMap(({ flags, data }) => {
      const head = Buffer.alloc(5);
      head[0] = flags;
      head.writeUInt32BE(data.byteLength, 1);
      return [head, data];
    }),
  );
}
