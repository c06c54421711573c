import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { encodeArrowPayload, readManifest, withStoreId } from "@rerun-ts/core/rrd";
import type { ChunkData } from "../store/chunk-data.ts";

/** A chunk as a message of a store. @throws {RerunError} `UNSUPPORTED` at an Arrow type that components cannot have */
export function chunkMessage({ arrow, payload: known }: ChunkData, storeId: StoreId): EncodedMessage {
  const { chunkId, manifest } = readManifest(arrow);
  const isStatic = manifest.timelines.length === 0;
  const payload =
    known === undefined
      ? encodeArrowPayload({ storeId, chunkId, isStatic, arrow })
      : withStoreId("chunk", known, storeId);
  return { kind: "chunk", storeId, payload, isStatic, chunkId, manifest };
}
