import { endResponse, type HttpCall } from "./http-call.ts";
import { GRPC_STATUS } from "./relay-refusal.ts";

/** The ways to speak gRPC: as it is, for pages, and for pages that take text only. */
export type GrpcKind = "grpc" | "grpc-web" | "grpc-web-text";

const CONTENT_TYPES: Readonly<Record<GrpcKind, string>> = {
  grpc: "application/grpc",
  "grpc-web": "application/grpc-web+proto",
  "grpc-web-text": "application/grpc-web-text+proto",
};
const TRAILER_FLAG = 0x80;
const EMPTY_MESSAGE = Buffer.alloc(5);

/** Which way a content type is; `undefined` for others than gRPC's. */
export function grpcKindOf(contentType: string | undefined): GrpcKind | undefined {
  const type = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const found = /^application\/(grpc(?:-web(?:-text)?)?)(?:\+proto)?$/.exec(type);
  return found?.[1] as GrpcKind | undefined;
}

/** The answer to a call of gRPC: messages, then how it went. */
export class GrpcAnswer {
  readonly #call: HttpCall;
  readonly #kind: GrpcKind;
  #hasStarted = false;
  #isFinished = false;

  constructor(call: HttpCall, kind: GrpcKind) {
    this.#call = call;
    this.#kind = kind;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Sends the headers at once, so that who reads knows that it may wait. */
  start(): void {
    if (this.#hasStarted) return;
    this.#setHeaders({});
    // Both kinds of answers have it; the types do not say so.
    (this.#call.response as { flushHeaders(): void }).flushHeaders();
  }

  /** Sends messages with their prefixes. Returns whether there is room for more; else `drain` tells. */
  write(frames: Buffer): boolean {
    this.start();
    const piece = this.#kind === "grpc-web-text" ? Buffer.from(frames.toString("base64")) : frames;
    return (this.#call.response as { write(piece: Buffer): boolean }).write(piece);
  }

  /** Sends the empty message that acknowledges, and ends. */
  acknowledge(): void {
    if (this.#isFinished) return;
    this.write(EMPTY_MESSAGE);
    this.finish();
  }

  /** Ends the call. */
  finish(status: number = GRPC_STATUS.ok, message = ""): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    const { response } = this.#call;
    // The message is escaped as in URLs.
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
    // In the body pages of other origins can read it too; those who look for an error in the headers find it there.
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
