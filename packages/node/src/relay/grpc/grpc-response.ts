import { GRPC_STATUS } from "@rerun-ts/core/transport";
import { endResponse, type HttpExchange } from "../http/http-exchange.ts";

/** A variant of gRPC: over HTTP/2, for pages, and for pages that can only read text. */
export type GrpcKind = "grpc" | "grpc-web" | "grpc-web-text";

const CONTENT_TYPES: Readonly<Record<GrpcKind, string>> = {
  grpc: "application/grpc",
  "grpc-web": "application/grpc-web+proto",
  "grpc-web-text": "application/grpc-web-text+proto",
};
const TRAILER_FLAG = 0x80;
const EMPTY_MESSAGE = Buffer.alloc(5);

/** The variant of gRPC for a content type, or `undefined` for any other type. */
export function grpcKindOf(contentType: string | undefined): GrpcKind | undefined {
  const type = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const found = /^application\/(grpc(?:-web(?:-text)?)?)(?:\+proto)?$/.exec(type);
  return found?.[1] as GrpcKind | undefined;
}

/** The response to a gRPC call: messages, then the status. */
export class GrpcResponse {
  readonly #call: HttpExchange;
  readonly #kind: GrpcKind;
  #hasStarted = false;
  #isFinished = false;

  constructor(call: HttpExchange, kind: GrpcKind) {
    this.#call = call;
    this.#kind = kind;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Whether messages are sent as text, so that each write needs separate memory. */
  get isText(): boolean {
    return this.#kind === "grpc-web-text";
  }

  /** Sends the headers immediately, so that a client knows that the call was accepted before the first message. */
  start(): void {
    if (this.#hasStarted) return;
    this.#setHeaders({});
    // Both types of responses have this method, but the union of their types lacks it.
    (this.#call.response as { flushHeaders(): void }).flushHeaders();
  }

  /**
   * Sends messages with their prefixes. Returns whether more can be written immediately; otherwise wait for `drain`.
   */
  write(frames: Buffer): boolean {
    this.start();
    const piece = this.#kind === "grpc-web-text" ? Buffer.from(frames.toString("base64")) : frames;
    return (this.#call.response as { write(piece: Buffer): boolean }).write(piece);
  }

  /** Sends an empty message, which acknowledges the request, and ends the call. */
  acknowledge(): void {
    if (this.#isFinished) return;
    this.write(EMPTY_MESSAGE);
    this.finish();
  }

  /** Ends the call with a status. Does nothing if the call has ended already. */
  finish(status: number = GRPC_STATUS.ok, message = ""): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    const { response } = this.#call;
    // The status message is percent-encoded.
    const trailers = { "grpc-status": String(status), ...(message && { "grpc-message": encodeURIComponent(message) }) };
    if (this.#kind === "grpc") {
      if (this.#hasStarted) response.addTrailers(trailers);
      else this.#setHeaders(trailers);
      return endResponse(response);
    }
    const lines = Object.entries(trailers).map(([name, value]) => `${name}:${value}\r\n`);
    const text = Buffer.from(lines.join(""));
    const prefix = Buffer.from([TRAILER_FLAG, 0, 0, 0, 0]);
    prefix.writeUInt32BE(text.length, 1);
    // Pages of other origins can read the status in the body; clients that look for errors in the headers find it
    // there.
    if (!this.#hasStarted && status !== GRPC_STATUS.ok) this.#setHeaders(trailers);
    this.write(Buffer.concat([prefix, text]));
    endResponse(response);
  }

  #setHeaders(more: Readonly<Record<string, string>>): void {
    this.#hasStarted = true;
    const { response } = this.#call;
    response.statusCode = 200;
    response.setHeader("content-type", CONTENT_TYPES[this.#kind]);
    for (const [name, value] of Object.entries(more)) response.setHeader(name, value);
  }
}
