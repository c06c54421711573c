import { RerunError } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import { sizeOf } from "../store/body.ts";
import type { ObjectBody, ObjectStore } from "../store/object-store.ts";

/**
 * The calls of an {@link ObjectStore} for uploads. Without `head`, a part counts as sent as soon as its key exists.
 */
export type PartStore = Pick<ObjectStore, "url" | "create"> & Partial<Pick<ObjectStore, "head">>;

/** Checks a store for parts. @throws {TypeError} */
export function checkPartStore(store: PartStore): PartStore {
  const isStore = typeof (store as PartStore | null | undefined)?.create === "function";
  if (!isStore) throw invalidArgument("store", "a store, such as that of `s3Store`", store);
  return store;
}

/** Calculates the SHA-256 of a body, as hexadecimal digits. */
export type HashBody = (body: ObjectBody) => Promise<string>;

/** Uploads a part. Resolves when the store has it, also from an earlier upload. */
export async function uploadPart(
  store: PartStore,
  key: string,
  body: ObjectBody,
  sha256: string,
  signal: AbortSignal,
): Promise<"created" | "found"> {
  if (await store.create(key, body, { sha256, signal })) return "created";
  // The key has the id of this run: who else could have created it?
  const found = store.head === undefined ? undefined : await store.head(key, { signal });
  if (found === undefined) return "found";
  const isSame = found.size === sizeOf(body) && (found.sha256 ?? sha256) === sha256;
  if (isSame) return "found";
  throw new RerunError("ALREADY_EXISTS", `${store.url}/${key} exists with other contents; the part is kept`);
}
