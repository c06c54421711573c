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
/**
 * The size of a write as text, of which each reader has a separate copy. A multiple of 3, so that it needs no
 * padding.
 */
const TEXT_BYTES = 48 * 1024;
/** Longest time that a disconnected reader may take to receive the reason before the call is reset. */
const DISCONNECT_MS = 1000;

/** Counters that all readers share. */
export interface ReadCounters {
  sentBytes: number;
}

/**
 * Sends the retained messages to a reader, and then those that arrive, as fast as the connection accepts them, until
 * the relay, the reader or the connection ends.
 */
export function streamMessages(
  relay: Relay,
  { content, allows }: { readonly content: ReaderContent; readonly allows: AllowedStores },
  call: HttpExchange,
  reply: GrpcResponse,
  counters: ReadCounters,
): void {
  const { response } = call;
  // On HTTP/1.1 writes of one turn are joined anyway, and Node 22 never emits `drain` of a response that was corked
  // while a write returned false.
  const corks = call.isHttp2;
  let isWritable = true;
  // The messages that were taken and not written.
  let pieces: Buffer[] = [];
  let taken: RelayMessage | undefined;
  const events = { onReady: () => send(), onDisconnected: (reason: string) => disconnect(reason) };
  const reader: RelayReader = relay.subscribe(content, events, allows);
  const write = (piece: Buffer): boolean => {
    counters.sentBytes += piece.length;
    return reply.write(piece);
  };
  const writePieces = (): boolean => {
    let canWrite = true;
    if (!reply.isText) for (const piece of pieces.splice(0)) canWrite = write(piece) && canWrite;
    while (canWrite && pieces[0] !== undefined) {
      canWrite = write(pieces[0].subarray(0, TEXT_BYTES));
      if (pieces[0].length > TEXT_BYTES) pieces[0] = pieces[0].subarray(TEXT_BYTES);
      else pieces.shift();
    }
    return canWrite;
  };
  const send = (): void => {
    while (isWritable) {
      if (pieces.length === 0) ({ pieces, first: taken } = takeBatch(reader));
      if (pieces.length === 0) break;
      if (corks) response.cork();
      isWritable = writePieces();
      if (corks) response.uncork();
      reader.hold(isWritable ? undefined : taken);
    }
    if (reader.isEnded && !reader.isDetached && pieces.length === 0) reply.finish();
  };
  // A client that has stopped reading may not receive the status either; its call is then reset.
  const disconnect = (reason: string): void => {
    reply.finish(GRPC_STATUS.resourceExhausted, reason);
    setTimeout(() => resetCall(call), DISCONNECT_MS).unref();
  };
  response.on("drain", () => {
    isWritable = true;
    send();
  });
  response.on("error", () => {});
  // `close` is emitted however the connection ends.
  response.on("close", () => {
    relay.unsubscribe(reader);
    pieces = [];
  });
  reply.start();
  send();
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
