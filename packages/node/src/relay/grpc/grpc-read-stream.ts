import { GRPC_STATUS } from "@rerun-ts/core/transport";
import { constants, type Http2ServerResponse } from "node:http2";
import type { GrpcResponse } from "./grpc-response.ts";
import type { HttpExchange } from "../http/http-exchange.ts";
import type { AllowedStores } from "../http/access-grants.ts";
import type { Relay } from "../relay.ts";
import type { RelayMessage } from "../relay-message.ts";
import type { ReaderContent, RelayReader } from "../relay-reader.ts";

/** The size of a write to a connection, at most one message more. */
const BATCH_BYTES = 512 * 1024;
/** Number of pieces of a write: messages that are not next to each other in memory take some for each. */
const BATCH_PIECES = 128;
/** The size of a write as text, of which each reader has a separate copy. A multiple of 3 needs no padding. */
const TEXT_BYTES = 48 * 1024;
/** Longest time that a disconnected reader may take to receive the reason before the call is reset. */
const DISCONNECT_MS = 1000;

/** Counters that all readers share. */
export interface ReadCounters {
  sentBytes: number;
}

/**
 * Sends the retained messages and then new messages to a reader, as fast as the connection accepts them, until the
 * relay, the reader or the connection ends.
 */
export function streamMessages(
  relay: Relay,
  { content, allows }: { readonly content: ReaderContent; readonly allows: AllowedStores },
  call: HttpExchange,
  reply: GrpcResponse,
  counters: ReadCounters,
): void {
  const events = { onReady: () => stream.send(), onDisconnected: (reason: string) => stream.disconnect(reason) };
  const reader = relay.subscribe(content, events, allows);
  const stream = new ReadStream(reader, call, reply, counters);
  const { response } = call;
  response.on("drain", () => stream.onDrain());
  response.on("error", () => {});
  // `close` is emitted however the connection ends.
  response.on("close", () => {
    relay.unsubscribe(reader);
    stream.release();
  });
  reply.start();
  stream.send();
}

/** The messages of one reader on their way to its connection. */
class ReadStream {
  readonly #reader: RelayReader;
  readonly #call: HttpExchange;
  readonly #reply: GrpcResponse;
  readonly #counters: ReadCounters;
  #isWritable = true;
  /** The messages that were taken and not written. */
  #pieces: Buffer[] = [];
  #taken: RelayMessage | undefined;

  constructor(reader: RelayReader, call: HttpExchange, reply: GrpcResponse, counters: ReadCounters) {
    this.#reader = reader;
    this.#call = call;
    this.#reply = reply;
    this.#counters = counters;
  }

  send(): void {
    const reader = this.#reader;
    const { response, isHttp2 } = this.#call;
    while (this.#isWritable) {
      if (this.#pieces.length === 0) ({ pieces: this.#pieces, first: this.#taken } = takeBatch(reader));
      if (this.#pieces.length === 0) break;
      // HTTP/1.1 joins the writes of one turn anyway, and Node 22 never emits `drain` of a response that was corked
      // while a write returned false.
      if (isHttp2) response.cork();
      this.#isWritable = this.#writePieces();
      if (isHttp2) response.uncork();
      reader.hold(this.#isWritable ? undefined : this.#taken);
    }
    if (reader.isEnded && !reader.isDetached && this.#pieces.length === 0) this.#reply.finish();
  }

  onDrain(): void {
    this.#isWritable = true;
    this.send();
  }

  /** A client that has stopped reading may not receive the status either; its call is then reset. */
  disconnect(reason: string): void {
    this.#reply.finish(GRPC_STATUS.resourceExhausted, reason);
    setTimeout(() => resetCall(this.#call), DISCONNECT_MS).unref();
  }

  release(): void {
    this.#pieces = [];
  }

  #writePieces(): boolean {
    let canWrite = true;
    if (!this.#reply.isText) for (const piece of this.#pieces.splice(0)) canWrite = this.#write(piece) && canWrite;
    for (let [first] = this.#pieces; canWrite && first !== undefined; [first] = this.#pieces) {
      canWrite = this.#write(first.subarray(0, TEXT_BYTES));
      if (first.length > TEXT_BYTES) this.#pieces[0] = first.subarray(TEXT_BYTES);
      else this.#pieces.shift();
    }
    return canWrite;
  }

  #write(piece: Buffer): boolean {
    this.#counters.sentBytes += piece.length;
    return this.#reply.write(piece);
  }
}

/** Resets a call whose client does not read. */
function resetCall({ response, isHttp2 }: HttpExchange): void {
  if (isHttp2) (response as Http2ServerResponse).stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  response.destroy();
}

/** Takes messages of about one batch; frames that are adjacent in memory are returned as one piece. */
function takeBatch(reader: RelayReader): { readonly pieces: Buffer[]; readonly first: RelayMessage | undefined } {
  const pieces: Buffer[] = [];
  let first: RelayMessage | undefined;
  let bytes = 0;
  let [memory, start, end] = [EMPTY, 0, 0];
  const hasRoom = (): boolean => bytes < BATCH_BYTES && pieces.length < BATCH_PIECES;
  for (let message = reader.take(); message !== undefined; message = hasRoom() ? reader.take() : undefined) {
    first ??= message;
    bytes += message.end - message.start;
    if (message.memory !== memory || message.start !== end) {
      if (end > start) pieces.push(memory.subarray(start, end));
      [memory, start] = [message.memory, message.start];
    }
    ({ end } = message);
  }
  if (end > start) pieces.push(memory.subarray(start, end));
  return { pieces, first };
}

const EMPTY: Buffer = Buffer.alloc(0);
