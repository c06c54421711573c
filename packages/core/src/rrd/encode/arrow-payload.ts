import type { Tuid } from "../../batch/tuid.ts";
import { Lz4Encoder, lz4Bound, SEARCH } from "../../compress/lz4-encode.ts";
import { frameArrowMessage, maxFrameLength } from "./arrow-message.ts";
import type { StoreId } from "./encoded-message.ts";
import { encodeStoreId } from "./store-id.ts";

/** A chunk whose Arrow data exists already. */
export interface ArrowChunk {
  readonly storeId: StoreId;
  readonly chunkId: Tuid;
  readonly isStatic: boolean;
  /** The Arrow IPC stream. */
  readonly arrow: Uint8Array;
}

/** Data that compression would not shrink by a twentieth is stored as it is. */
const WORTH = 0.95;

/** Encodes an `ArrowMsg`, with its data compressed if that is worth it. */
export function encodeArrowPayload({ storeId, chunkId, isStatic, arrow }: ArrowChunk): Uint8Array<ArrayBuffer> {
  const head = { storeId: encodeStoreId(storeId), chunkId, isStatic };
  const margin = maxFrameLength(head);
  const { byteLength } = arrow;
  const target = new Uint8Array(margin * 2 + lz4Bound(byteLength));
  const sections = [{ end: byteLength, stride: SEARCH }] as const;
  const compressed = new Lz4Encoder().compress(arrow, sections, target, margin) - margin;
  const isCompressed = compressed < byteLength * WORTH;
  if (!isCompressed) target.set(arrow, margin);
  // Copied, so that nobody keeps the larger memory.
  return frameArrowMessage(
    target,
    margin,
    isCompressed ? compressed : byteLength,
    byteLength,
    isCompressed,
    head,
  ).slice();
}
