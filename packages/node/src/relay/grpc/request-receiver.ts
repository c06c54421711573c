import type { Http2ServerRequest } from "node:http2";
import type { Readable } from "node:stream";
import { GRPC_STATUS } from "@rerun-ts/core/transport";
import { BodyTimer } from "../http/body-timer.ts";
import type { HttpExchange } from "../http/http-exchange.ts";
import type { ReceiveMemory } from "../receive-memory.ts";
import { RelayError } from "../relay-error.ts";
import type { ForwardedClient } from "../upstream.ts";
import { Base64Decoder } from "./base64-decoder.ts";
import { GrpcFrameReader, type FrameListener } from "./grpc-frame-reader.ts";
import type { GrpcKind, GrpcResponse } from "./grpc-response.ts";

/** Way of receiving a request. */
export interface Reception {
  readonly memory: ReceiveMemory;
  readonly maxMessageBytes?: number;
  /** Limits the time of the body. Without it the body may be silent between its messages. */
  readonly timer?: { readonly seconds: number; readonly isReset: boolean } | undefined;
  readonly onFrame: FrameListener;
  readonly onEnd: () => void;
  /** Called once at most, with the first error of the body or of a listener. It must finish the reply. */
  readonly onError: (error: RelayError) => void;
  /** Whether there is room in the destination of forwarded messages. */
  readonly room?: Pick<ForwardedClient, "isFull" | "whenRoom"> | undefined;
}

/** Reads the frames of a request as its body arrives, and pauses the body while there is no room for them. */
export class RequestReceiver {
  readonly #reply: GrpcResponse;
  readonly #reception: Reception;
  readonly #body: Readable;
  readonly #text: Base64Decoder | undefined;
  readonly #frames: GrpcFrameReader;
  readonly #timer: BodyTimer | undefined;

  constructor(call: HttpExchange, kind: GrpcKind, reply: GrpcResponse, reception: Reception) {
    this.#reply = reply;
    this.#reception = reception;
    this.#body = bodyOf(call);
    this.#text = kind === "grpc-web-text" ? new Base64Decoder() : undefined;
    const { memory, maxMessageBytes, timer, onFrame } = reception;
    const reservation = memory.reserve(connectionOf(call), {
      onRoom: () => {
        this.#reportingErrors(() => this.#frames.resume());
        this.#continue();
      },
      onExpired: (error) => this.#fail(error),
    });
    this.#frames = new GrpcFrameReader(reservation, onFrame, maxMessageBytes);
    const onSlow = (): void => this.#fail(new RelayError(GRPC_STATUS.deadlineExceeded, "the request came too slowly"));
    this.#timer = timer && new BodyTimer(timer.seconds, onSlow, () => this.#isFull);
  }

  /** Starts to read. */
  start(): void {
    this.#body.on("data", (piece: Buffer) => this.#receive(piece));
    this.#body.on("end", () => this.#end());
    this.#body.on("error", () => {});
    this.#body.on("close", () => this.#release());
  }

  get #isFull(): boolean {
    return this.#frames.isWaiting || this.#reception.room?.isFull === true;
  }

  #receive(piece: Buffer): void {
    if (this.#reception.timer?.isReset === true) this.#timer?.reset();
    this.#reportingErrors(() => this.#frames.push(this.#text === undefined ? piece : this.#text.push(piece)));
    if (!this.#isFull) return;
    this.#body.pause();
    this.#continue();
  }

  /** Reads on as soon as both the memory and the destination have room: one may be full when the other is not. */
  #continue(): void {
    if (this.#frames.isWaiting) return;
    const { room } = this.#reception;
    if (room?.isFull === true) room.whenRoom(() => this.#continue());
    else this.#body.resume();
  }

  #end(): void {
    this.#timer?.stop();
    this.#reportingErrors(() => {
      this.#frames.end();
      this.#reception.onEnd();
    });
  }

  #fail(error: RelayError): void {
    this.#reportingErrors(() => {
      throw error;
    });
  }

  #reportingErrors(work: () => void): void {
    if (this.#reply.isFinished) return;
    try {
      work();
    } catch (error) {
      this.#release();
      this.#reception.onError(RelayError.from(error));
    }
  }

  #release(): void {
    this.#timer?.stop();
    this.#frames.release();
  }
}

/** The connection of a call. */
function connectionOf({ request, isHttp2 }: HttpExchange): object {
  return (isHttp2 ? (request as Http2ServerRequest).stream.session : undefined) ?? request.socket;
}

/** The body of a request: with HTTP/2 the stream itself, because the request would buffer each piece once more. */
function bodyOf({ request, isHttp2 }: HttpExchange): Readable {
  return isHttp2 ? (request as Http2ServerRequest).stream : request;
}
