import { largeSearch } from "#threads";
import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { PayloadEncoder, type Allocate } from "@rerun-ts/core/rrd";
import { chunkDataOf, type Chunk } from "../reading/chunk.ts";
import { chunkMessage } from "./chunk-message.ts";
import { CompressThread } from "./compress-thread.ts";

/** The number of messages that may wait for an earlier one. */
const MAX_WAITING = 16;

/** A message that the other thread may still compress. */
interface WaitingMessage {
  readonly message: EncodedMessage | Promise<EncodedMessage>;
  isDone: boolean;
}

/** The messages of chunks, in their order. Another thread compresses large ones, if there can be one. */
export async function* compressedMessages(
  chunks: AsyncIterable<Chunk>,
  storeId: StoreId,
  allocate: Allocate,
): AsyncGenerator<EncodedMessage, void, undefined> {
  const compressor = new CompressThread();
  const encoder = new PayloadEncoder(largeSearch());
  const encode = (chunk: Chunk): EncodedMessage | Promise<EncodedMessage> => {
    const data = chunkDataOf(chunk);
    const { payload: known, stream } = data;
    if (known !== undefined || stream instanceof Uint8Array) return chunkMessage(data, storeId, allocate);
    const payload = encoder.encodeWith(compressor, storeId, stream, allocate);
    if (payload instanceof Promise) return payload.then((done) => ({ kind: "chunk", storeId, ...done }));
    return { kind: "chunk", storeId, ...payload };
  };
  const waiting: WaitingMessage[] = [];
  let failure: { readonly error: unknown } | undefined;
  try {
    try {
      for await (const chunk of chunks) {
        waiting.push(watched(encode(chunk)));
        for (let [first] = waiting; first !== undefined; [first] = waiting) {
          if (!first.isDone && waiting.length <= MAX_WAITING) break;
          yield await first.message;
          waiting.shift();
        }
      }
    } catch (error) {
      failure = { error };
    }
    for (const { message } of waiting) yield await message;
    if (failure !== undefined) throw failure.error;
  } finally {
    compressor.close();
  }
}

/** A message that says when it is done. Rejections are those of its receiver. */
function watched(message: WaitingMessage["message"]): WaitingMessage {
  const waiting: WaitingMessage = { message, isDone: !(message instanceof Promise) };
  const onDone = (): void => {
    waiting.isDone = true;
  };
  if (message instanceof Promise) message.then(onDone, onDone);
  return waiting;
}
