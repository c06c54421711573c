import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { encodeArrowPayload, withStoreId, type Allocate } from "@rerun-ts/core/rrd";
import type { ChunkData } from "../store/chunk-data.ts";
import { manifestOf } from "../store/chunk-manifest.ts";

/**
 * A chunk as a message of a store.
 *
 * @param allocate gives the memory of the message. Default: new memory
 * @throws {RerunError} `UNSUPPORTED` at an Arrow type that components cannot have
 */
export function chunkMessage(chunk: ChunkData, storeId: StoreId, allocate?: Allocate): EncodedMessage {
  const { payload: known } = chunk;
  if (known === undefined) return { kind: "chunk", storeId, ...encodeArrowPayload(storeId, chunk.stream, allocate) };
  const { chunkId, manifest } = manifestOf(chunk);
  const isStatic = manifest.timelines.length === 0;
  return { kind: "chunk", storeId, payload: withStoreId("chunk", known, storeId), isStatic, chunkId, manifest };
}
