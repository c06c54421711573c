import type { RandomAccess } from "@rerun-ts/reading";
import { RerunError } from "@rerun-ts/core";
import { nameOfPart, readPart, type PlacedPart } from "../parts/read-part.ts";
import type { ObjectStore } from "../store/object-store.ts";

/** The bytes of a part, which are read on request. */
export function objectAccess(store: Pick<ObjectStore, "url" | "read">, part: PlacedPart): RandomAccess {
  return {
    size: part.size,
    async read(offset, length, options) {
      const bytes = await readPart(store, part, { offset, length, signal: options?.signal });
      if (bytes.byteLength === length) return bytes;
      throw new RerunError("INVALID_FORMAT", `${store.url}/${nameOfPart(part)} has become shorter`);
    },
  };
}
