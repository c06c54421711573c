import { GRPC_STATUS } from "@rerun-ts/core/internal";
import { constants, type Http2ServerResponse } from "node:http2";
import type { GrpcResponse } from "./grpc-response.ts";
import type { HttpExchange } from "../http/http-exchange.ts";
import type { Relay } from "../relay.ts";
import type { ReaderContent, RelayReader } from "../relay-reader.ts";

/** The size of a write to a connection, at most one message more. */
const BATCH_BYTES = 512 * 1024;
/** How long a disconnected reader may take to receive the reason before the call is reset. */
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
  content: ReaderContent,
  call: HttpExchange,
  reply: GrpcResponse,
  counters: ReadCounters,
): void {
  const { response } = call;
  // On HTTP/1.1 writes of one turn are joined anyway, and Node 22 never emits `drain` of a response that was corked while
  // a write returned false.
  const corks = call.isHttp2;
  let isWritable = true;
  const reader: RelayReader = relay.subscribe(content, {
    onReady: () => send(),
    onDisconnected: (reason) => disconnect(reason),
  });
  const send = (): void => {
    while (isWritable) {
      const batch = takeBatch(reader);
      if (batch.length === 0) break;
      if (corks) response.cork();
      for (const piece of batch) {
        counters.sentBytes += piece.length;
        isWritable = reply.write(piece) && isWritable;
      }
      if (corks) response.uncork();
    }
    if (reader.isEnded && !reader.isDetached) reply.finish();
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
  response.on("close", () => relay.unsubscribe(reader));
  reply.start();
  send();
}

/** Resets a call whose client does not read. */
function resetCall({ response, isHttp2 }: HttpExchange): void {
  if (isHttp2) (response as Http2ServerResponse).stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  response.destroy();
}

/** Takes messages of about one batch; frames that are adjacent in memory are returned as one piece. */
function takeBatch(reader: RelayReader): Buffer[] {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let [memory, start, end] = [EMPTY, 0, 0];
  for (let message = reader.take(); message !== undefined; message = bytes < BATCH_BYTES ? reader.take() : undefined) {
    bytes += message.end - message.start;
    if (message.memory !== memory || message.start !== end) {
      if (end > start) pieces.push(memory.subarray(start, end));
      [memory, start] = [message.memory, message.start];
    }
    ({ end } = message);
  }
  if (end > start) pieces.push(memory.subarray(start, end));
  return pieces;
}

const EMPTY: Buffer = Buffer.alloc(0);
