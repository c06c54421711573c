import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { encodeArrowPayload, readManifest } from "@rerun-ts/core/rrd";
import type { ChunkData } from "../store/chunk-data.ts";

/** A chunk as a message of a store. @throws {RerunError} `UNSUPPORTED` at an Arrow type that components cannot have */
export function chunkMessage({ arrow }: Pick<ChunkData, "arrow">, storeId: StoreId): EncodedMessage {
  const { chunkId, manifest } = readManifest(arrow);
  const isStatic = manifest.timelines.length === 0;
  const payload = encodeArrowPayload({ storeId, chunkId, isStatic, arrow });
  return { kind: "chunk", storeId, payload, isStatic, chunkId, manifest };
}
