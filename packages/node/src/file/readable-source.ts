import { isBlob } from "@rerun-ts/core/checks";
import type { BlobLike, BlobWithType } from "@rerun-ts/types";

/** Contents as bytes, or as a file of which parts are read. */
export async function readableSource(source: string | BlobLike | BlobWithType): Promise<string | Uint8Array | Blob> {
  if (typeof source === "string" || isBlob(source)) return source;
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if ("arrayBuffer" in source) return new Uint8Array(await source.arrayBuffer());
  return new Uint8Array(source);
}
