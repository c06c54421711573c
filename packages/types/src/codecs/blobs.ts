import {
  InvalidValueError,
  describeValue,
  wrongType,
  withinKey,
  isBuffer,
  typedArrayName,
} from "@rerun-ts/core/checks";
import { ListBuilder, PrimitiveBuilder, type ArrowType } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { bytesOfView } from "./arrays.ts";

/** Bytes: an `ArrayBuffer` or any view of one. */
export type BlobLike = ArrayBufferLike | ArrayBufferView;

/**
 * The bytes of one instance, a list of them, or `{ bytes, size }`: instances of `size` bytes one after the other, such
 * as the frames of a video in one array.
 */
export type BlobsLike = BlobLike | readonly BlobLike[] | { readonly bytes: BlobLike; readonly size: number };

const BYTE = { type: "UInt8" } as const;
const BYTES: ArrowType = { type: "List", item: { name: "item", nullable: false, type: BYTE } };

/** Byte strings. */
export const blobs: Codec<BlobsLike, ListBuilder<PrimitiveBuilder>> = {
  arrow: BYTES,
  createBuilder: () => new ListBuilder(BYTES, new PrimitiveBuilder(BYTE)),
  append(values, builder): void {
    for (const blob of listOf(values)) {
      builder.item.data.pushBytes(toBytes(blob));
      builder.close();
    }
  },
};

/** One blob after the other. Throws `InvalidValueError`. */
function listOf(values: BlobsLike): readonly unknown[] {
  if (Array.isArray(values)) return values as readonly unknown[];
  // Blobs and responses have a method of this name.
  const isRun =
    typeof values === "object" && values !== null && "bytes" in values && typeof values.bytes !== "function";
  if (!isRun || ArrayBuffer.isView(values)) return [values];
  const bytes = toBytes(values.bytes);
  const { size } = values;
  if (!Number.isInteger(size) || size <= 0) {
    throw withinKey(new InvalidValueError("a positive number of bytes", describeValue(size), true), "size");
  }
  if (bytes.byteLength % size !== 0) {
    throw withinKey(new InvalidValueError(`a multiple of ${size} bytes`, `${bytes.byteLength} bytes`, true), "bytes");
  }
  return Array.from({ length: bytes.byteLength / size }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

/** The bytes of an `ArrayBuffer` or a view, without copying. Throws `InvalidValueError`. */
export function toBytes(blob: unknown): Uint8Array {
  if (ArrayBuffer.isView(blob)) {
    // Throws if the memory of the array is gone.
    typedArrayName(blob);
    return bytesOfView(blob);
  }
  if (isBuffer(blob)) {
    try {
      return new Uint8Array(blob);
    } catch {
      const got = "a detached ArrayBuffer (log before the transfer, or transfer a copy: `buffer.slice(0)`)";
      throw new InvalidValueError("a buffer that was not transferred", got, false);
    }
  }
  const hint = typeof blob === "string" ? " (base64? `Uint8Array.from(atob(text), (c) => c.charCodeAt(0))`)" : "";
  throw wrongType(`bytes: an ArrayBuffer or a view of one, or a list of them${hint}`, blob);
}
