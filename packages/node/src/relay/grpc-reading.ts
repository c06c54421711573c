import { constants, type Http2ServerResponse } from "node:http2";
import type { GrpcAnswer } from "./grpc-answer.ts";
import type { HttpCall } from "./http-call.ts";
import type { Relay } from "./relay.ts";
import type { ReaderWants, RelayReader } from "./relay-reader.ts";
import { GRPC_STATUS } from "./relay-refusal.ts";

/** How much is handed to a connection before it must have room again. */
const BATCH_BYTES = 512 * 1024;
/** How long a reader that is let go may take to hear why. */
const FAREWELL_MS = 1000;

/** What all readers are told to count. */
export interface ReadingCounts {
  sentBytes: number;
}

/** Sends a reader what is kept and what comes, as fast as it takes it, until one of both sides ends. */
export function sendMessages(
  relay: Relay,
  wants: ReaderWants,
  call: HttpCall,
  answer: GrpcAnswer,
  counts: ReadingCounts,
): void {
  const { response } = call;
  let hasRoom = true;
  const reader: RelayReader = relay.subscribe(wants, {
    onReady: () => send(),
    onDropped: (reason) => drop(reason),
  });
  const send = (): void => {
    while (hasRoom) {
      const batch = takeBatch(reader);
      if (batch.length === 0) break;
      response.cork();
      for (const piece of batch) {
        counts.sentBytes += piece.length;
        hasRoom = answer.write(piece) && hasRoom;
      }
      response.uncork();
    }
    if (reader.isOver && !reader.isDropped) answer.finish();
  };
  // A reader that does not read may not take this either.
  const drop = (reason: string): void => {
    answer.finish(GRPC_STATUS.resourceExhausted, reason);
    setTimeout(() => cut(call), FAREWELL_MS).unref();
  };
  response.on("drain", () => {
    hasRoom = true;
    send();
  });
  response.on("error", () => {});
  // This comes whatever happens to the connection.
  response.on("close", () => relay.unsubscribe(reader));
  answer.start();
  send();
}

/** Ends a call whose other side does not read. */
function cut({ response, isHttp2 }: HttpCall): void {
  if (isHttp2) (response as Http2ServerResponse).stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  response.destroy();
}

/** Takes messages of about a batch; those that stand beside each other in memory come in one piece. */
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
