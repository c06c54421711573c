import { streamOf } from "../store/stream-of.ts";
import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { encodeArrowPayload, withStoreId, type Allocate } from "@rerun-ts/core/rrd";
import { isPromise } from "@rerun-ts/core/util";
import type { ChunkData } from "../store/chunk-data.ts";
import { manifestOf } from "../store/manifest-of.ts";
import type { CompressThread } from "../store/compress-thread.ts";

/**
 * A chunk as a message of a store.
 *
 * @throws {RerunError} `UNSUPPORTED` at an Arrow type that components cannot have
 */
export function chunkMessage(chunk: ChunkData, storeId: StoreId): EncodedMessage {
  return knownMessage(chunk, storeId) ?? { kind: "chunk", storeId, ...encodeArrowPayload(storeId, streamOf(chunk)) };
}

/**
 * A chunk as {@link chunkMessage}, which another thread may compress. The chunk may change afterwards.
 *
 * @param allocate gives the memory of the message
 */
export function compressedMessage(
  chunk: ChunkData,
  storeId: StoreId,
  thread: CompressThread,
  allocate: Allocate,
): EncodedMessage | Promise<EncodedMessage> {
  const known = knownMessage(chunk, storeId);
  if (known !== undefined) return known;
  const payload = thread.encode(storeId, streamOf(chunk), allocate);
  if (isPromise(payload)) return payload.then((done) => ({ kind: "chunk", storeId, ...done }));
  return { kind: "chunk", storeId, ...payload };
}

/** The message of a chunk that was read and not changed. */
function knownMessage(chunk: ChunkData, storeId: StoreId): EncodedMessage | undefined {
  const { payload } = chunk;
  if (payload === undefined) return undefined;
  const { chunkId, manifest } = manifestOf(chunk);
  const isStatic = manifest.timelines.length === 0;
  return { kind: "chunk", storeId, payload: withStoreId("chunk", payload, storeId), isStatic, chunkId, manifest };
}
