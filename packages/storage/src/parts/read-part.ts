import type { ObjectStore, ReadObjectOptions } from "../store/object-store.ts";

/** The place of a part in an object that has several parts, one behind the other. */
export interface BundlePlace {
  /** The key of the object. */
  readonly key: string;
  /** The position of the first byte of the part. */
  readonly offset: number;
}

/** A part with an object of its own, whose key it has, or with a place in another one. */
export interface PlacedPart {
  readonly key: string;
  readonly size: number;
  /** Default: the part is an object of its own. */
  readonly bundle?: BundlePlace | undefined;
}

/** The name of the bytes of a part in messages. */
export function nameOfPart({ key, bundle }: Pick<PlacedPart, "key" | "bundle">): string {
  return bundle === undefined ? key : `${key} in ${bundle.key}`;
}

/** Reads a part, or a range of it, wherever it is. @throws {RerunError} the errors of the store */
export function readPart(
  store: Pick<ObjectStore, "read">,
  { key, size, bundle }: PlacedPart,
  { offset = 0, length = size - offset, signal }: ReadObjectOptions = {},
): Promise<Uint8Array> {
  if (bundle === undefined) return store.read(key, { offset, length, signal });
  return store.read(bundle.key, {
    offset: bundle.offset + offset,
    length: Math.max(0, Math.min(length, size - offset)),
    signal,
  });
}
