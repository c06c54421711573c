import { ListBuilder, PrimitiveBuilder, wrongType, type ArrowType } from "@rerun-ts/core/internal";
import type { Codec } from "../define/codec.ts";
import { bytesOf } from "./arrays.ts";

/** Bytes: an `ArrayBuffer` or any view of one. */
export type BlobLike = ArrayBufferLike | ArrayBufferView;

/** The bytes of one instance, or a list of them. */
export type BlobsLike = BlobLike | readonly BlobLike[];

const BYTE = { type: "UInt8" } as const;
const BYTES: ArrowType = { type: "List", item: { name: "item", nullable: false, type: BYTE } };

/** Byte strings. */
export const blobs: Codec<BlobsLike, ListBuilder<PrimitiveBuilder>> = {
  arrow: BYTES,
  createBuilder: () => new ListBuilder(BYTES, new PrimitiveBuilder(BYTE)),
  append(values, builder): void {
    for (const blob of Array.isArray(values) ? (values as readonly unknown[]) : [values]) {
      builder.item.data.pushBytes(toBytes(blob));
      builder.close();
    }
  },
};

/** The bytes of an `ArrayBuffer` or a view, without copying. Throws `InvalidValueError`. */
export function toBytes(blob: unknown): Uint8Array {
  if (ArrayBuffer.isView(blob)) return bytesOf(blob);
  if (typeof blob === "object" && blob !== null && Object.prototype.toString.call(blob).endsWith("ArrayBuffer]")) {
    return new Uint8Array(blob as ArrayBufferLike);
  }
  throw wrongType("bytes: an ArrayBuffer or a view of one, or a list of them", blob);
}
