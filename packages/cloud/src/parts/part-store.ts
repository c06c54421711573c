import { RerunError, isRerunError } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import { chunksOf, sizeOf } from "../store/body.ts";
import { createObject } from "../store/create-object.ts";
import type { ObjectBody, ObjectInfo, ObjectStore } from "../store/object-store.ts";

/**
 * The calls of an {@link ObjectStore} for uploads. With `head` and `read`, an existing object is compared. Without
 * them, a part counts as sent as soon as its key exists.
 */
export type PartStore = Pick<ObjectStore, "url" | "create" | "wantsSha256"> &
  Partial<Pick<ObjectStore, "head" | "read">>;

/** Checks a store for parts. @throws {TypeError} */
export function checkPartStore(store: PartStore): PartStore {
  const isStore = typeof (store as PartStore | null | undefined)?.create === "function";
  if (!isStore) throw invalidArgument("store", "a store, such as that of `s3Store`", store);
  return store;
}

/** A part to upload. */
export interface PartUpload {
  readonly key: string;
  readonly body: ObjectBody;
  /** The SHA-256 of the part, or its calculation, for a store that wants it. */
  readonly sha256?: string | (() => Promise<string>) | undefined;
  /** Calculates the MD5 of the part, if the platform supports it. */
  readonly md5?: (() => Promise<string>) | undefined;
}

/** Uploads a part. Resolves when the store has it, even if from an earlier upload. */
export async function uploadPart(
  store: PartStore,
  part: PartUpload,
  signal: AbortSignal,
): Promise<"created" | "found"> {
  const { key, body } = part;
  const sha256 = await wantedSha256(store, part, signal);
  if (await createObject(store, key, body, { sha256, signal })) return "created";
  if (await isThere(store, { ...part, sha256: sha256 ?? part.sha256 }, signal)) return "found";
  throw new RerunError("ALREADY_EXISTS", `${store.url}/${key} exists with other contents; the part is kept`);
}

async function wantedSha256(store: PartStore, part: PartUpload, signal: AbortSignal): Promise<string | undefined> {
  const { key, body, sha256 } = part;
  if (typeof sha256 !== "function") return sha256;
  return (await store.wantsSha256?.(key, sizeOf(body), { signal })) === false ? undefined : await sha256();
}

/**
 * Whether the object with the key of a part is that part. Without the permission to compare, it counts as such, because
 * the key contains the id of this run, so no other program can have created it.
 */
async function isThere(store: PartStore, part: PartUpload, signal: AbortSignal): Promise<boolean> {
  try {
    if (store.head === undefined) return true;
    const found = await store.head(part.key, { signal });
    if (found === undefined) throw notThere(store, part);
    return await isSame(store, part, found, signal);
  } catch (error) {
    if (isRerunError(error) && error.code === "AUTH") return true;
    throw error;
  }
}

/** Another upload, which may still fail, can hold the key of an object that does not exist. */
function notThere(store: PartStore, { key }: PartUpload): RerunError {
  const text = `cannot create ${store.url}/${key}: the store answers that it exists, and that it does not exist`;
  return new RerunError("SERVER", text);
}

async function isSame(store: PartStore, part: PartUpload, found: ObjectInfo, signal: AbortSignal): Promise<boolean> {
  const { key, body, sha256, md5 } = part;
  if (found.size !== sizeOf(body)) return false;
  if (sha256 !== undefined && found.sha256 !== undefined)
    return found.sha256 === (typeof sha256 === "function" ? await sha256() : sha256);
  // In most stores the entity tag of an object is its MD5, but not in stores with encryption.
  const etag = /^"?([0-9a-f]{32})"?$/.exec(found.etag ?? "")?.[1];
  if (md5 !== undefined && etag !== undefined && (await md5()) === etag) return true;
  let offset = 0;
  for await (const piece of chunksOf(body)) {
    const stored = await store.read?.(key, { offset, length: piece.byteLength, signal });
    if (stored !== undefined && !areEqual(stored, piece)) return false;
    offset += piece.byteLength;
  }
  return true;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((value, index) => value === b[index]);
}
