import { once } from "node:events";
import { readFile } from "node:fs/promises";
import {
  connect,
  createSecureServer,
  type ClientHttp2Session,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const FILES = join(import.meta.dirname, "tls");
const NOT_PASSED: readonly string[] = [":authority", ":scheme", "authorization"];
/** The response to a call without the token: `UNAUTHENTICATED`. */
const REFUSAL = { "content-type": "application/grpc", "grpc-status": "16", "grpc-message": "the token is not valid" };

/** A proxy in front of a catalog, with encryption, that asks for a token: HTTP/2 for calls, HTTP/1.1 for uploads. */
export class SecureProxy {
  /** The token that is accepted. */
  token: string;
  /** The certificate, for clients that trust it. */
  readonly ca: Buffer;
  readonly #server: Http2SecureServer;
  readonly #target: ClientHttp2Session;
  readonly #targetPort: number;

  private constructor(targetPort: number, token: string, key: Buffer, ca: Buffer) {
    this.token = token;
    this.ca = ca;
    this.#targetPort = targetPort;
    this.#target = connect(`http://127.0.0.1:${targetPort}`);
    this.#target.on("error", () => {});
    this.#server = createSecureServer({ key, cert: ca, allowHTTP1: true });
    this.#server.on("request", (request, response) => this.#pass(request, response));
    this.#server.on("sessionError", () => {});
  }

  /** Starts a proxy until the end of the test. */
  static async start(targetPort: number, token: string): Promise<SecureProxy> {
    const [key, certificate] = await Promise.all(
      ["key.pem", "certificate.pem"].map((name) => readFile(join(FILES, name))),
    );
    const proxy = new SecureProxy(targetPort, token, key as Buffer, certificate as Buffer);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    onTestFinished(() => {
      proxy.#target.destroy();
      proxy.#server.close();
    });
    return proxy;
  }

  /** The URL of the catalog. */
  get url(): string {
    return `rerun://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #pass(request: Http2ServerRequest, response: Http2ServerResponse): void {
    const isCall = request.httpVersionMajor === 2;
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      if (isCall) response.writeHead(200, REFUSAL).end();
      else response.writeHead(401).end();
    } else if (isCall) this.#call(request, response);
    else this.#upload(request as unknown as IncomingMessage, response);
  }

  #call(request: Http2ServerRequest, response: Http2ServerResponse): void {
    const kept = Object.entries(request.headers).filter(([name]) => !NOT_PASSED.includes(name));
    const call = this.#target.request(Object.fromEntries(kept));
    call.on("error", () => request.stream.close());
    call.on("response", ({ ":status": status, ...headers }) => {
      response.writeHead(status ?? 500, headers);
      call.pipe(response);
    });
    call.on("trailers", (trailers) => response.addTrailers(trailers));
    request.stream.on("close", () => call.close());
    request.stream.on("error", () => {});
    request.pipe(call);
  }

  #upload(request: IncomingMessage, response: Http2ServerResponse): void {
    const { method, url, headers } = request;
    const target = { host: "127.0.0.1", port: this.#targetPort, method, path: url, headers };
    const upload = httpRequest(target, (answer) => {
      response.writeHead(answer.statusCode ?? 500);
      answer.resume().on("end", () => response.end());
    });
    request.pipe(upload);
  }
}
