import type { RandomAccess } from "@rerun-ts/arrow";
import { RerunError } from "@rerun-ts/core";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";

/** The bytes of an object, which are read on request. */
export function objectAccess(
  store: Pick<ObjectStore, "url" | "read">,
  { key, size }: Pick<ObjectInfo, "key" | "size">,
): RandomAccess {
  return {
    size,
    async read(offset, length, options) {
      const bytes = await store.read(key, { offset, length, signal: options?.signal });
      if (bytes.byteLength === length) return bytes;
      throw new RerunError("INVALID_FORMAT", `${store.url}/${key} has become shorter`);
    },
  };
}
