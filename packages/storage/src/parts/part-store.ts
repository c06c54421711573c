import { RerunError, isRerunError } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import { randomId } from "@rerun-ts/core/util";
import { chunksOf, sizeOf } from "../store/body.ts";
import { createObject } from "../store/create-object.ts";
import type { ObjectBody, ObjectInfo, ObjectStore } from "../store/object-store.ts";

/** The digits of the id of a run. */
export const RUN_DIGITS = 32;

/**
 * The calls of an {@link ObjectStore} for uploads. With `head` and `read`, an object that has the key of a part is
 * compared with it. Without the permission, such a part is stored under the key of another run. Without `head`, the key
 * of each part has the hash of its contents in place of the run.
 */
export type PartStore = Pick<ObjectStore, "url" | "create" | "wantsSha256"> &
  Partial<Pick<ObjectStore, "head" | "read">>;

/** Checks a store for parts. @throws {TypeError} */
export function checkPartStore(store: PartStore): PartStore {
  const isStore = typeof (store as PartStore | null | undefined)?.create === "function";
  if (!isStore) throw invalidArgument("store", "a store, such as that of `s3Store`", store);
  return store;
}

export interface PartUpload {
  readonly key: string;
  /** The key that the part has in another run. Without it, an object with other contents at the key is an error. */
  readonly keyOfRun?: ((run: string) => string) | undefined;
  readonly body: ObjectBody;
  /** The SHA-256 of the part, or its calculation, for a store that wants it. */
  readonly sha256?: string | (() => Promise<string>) | undefined;
  /** Calculates the MD5 of the part, if the platform supports it. */
  readonly md5?: (() => Promise<string>) | undefined;
}

/** A part that a store has. */
export interface UploadedPart {
  readonly key: string;
  /** Whether an earlier upload has created the object. */
  readonly wasThere: boolean;
}

/**
 * Uploads a part. Resolves when the store has it, even if from an earlier upload. If the key belongs to other contents,
 * or to contents that cannot be compared, the part gets the key of another run, if it may have one: a copy of a spool
 * can have sent other contents under the same key. In a store that can compare nothing, the contents of a part are its
 * run.
 */
export async function uploadPart(store: PartStore, part: PartUpload, signal: AbortSignal): Promise<UploadedPart> {
  if (store.head === undefined && part.keyOfRun !== undefined && part.sha256 !== undefined)
    return await uploadByHash(store, part, part.keyOfRun, await sha256Of(part.sha256), signal);
  const sha256 = await wantedSha256(store, part, signal);
  const first = await uploadTo(store, { ...part, sha256: sha256 ?? part.sha256 }, sha256, signal);
  if (typeof first === "object") return first;
  if (part.keyOfRun !== undefined) {
    // Where objects can be compared, another attempt finds the same key again.
    const hash = first === "other" && part.sha256 !== undefined ? await sha256Of(part.sha256) : undefined;
    const key = part.keyOfRun((hash ?? randomId()).slice(0, RUN_DIGITS));
    const second = await uploadTo(store, { ...part, key, sha256: hash ?? sha256 ?? part.sha256 }, sha256, signal);
    if (typeof second === "object") return second;
  }
  const reason = first === "other" ? "exists with other contents" : "exists, and may not be compared with the part";
  throw new RerunError("ALREADY_EXISTS", `${store.url}/${part.key} ${reason}; the part is kept`);
}

/** Uploads a part to the key of its contents: an object with this key is the part. */
async function uploadByHash(
  store: PartStore,
  { body, sha256 }: PartUpload,
  keyOfRun: (run: string) => string,
  hash: string,
  signal: AbortSignal,
): Promise<UploadedPart> {
  const key = keyOfRun(hash.slice(0, RUN_DIGITS));
  const isWanted = typeof sha256 === "string" || (await store.wantsSha256?.(key, sizeOf(body), { signal })) !== false;
  const isCreated = await createObject(store, key, body, { sha256: isWanted ? hash : undefined, signal });
  return { key, wasThere: !isCreated };
}

/** Uploads a part to its key. Resolves to what is known of an object that has the key already. */
async function uploadTo(
  store: PartStore,
  part: PartUpload,
  sha256: string | undefined,
  signal: AbortSignal,
): Promise<UploadedPart | "other" | "unknown"> {
  const { key, body } = part;
  if (await createObject(store, key, body, { sha256, signal })) return { key, wasThere: false };
  const found = await compare(store, part, signal);
  return found === "same" ? { key, wasThere: true } : found;
}

async function wantedSha256(store: PartStore, part: PartUpload, signal: AbortSignal): Promise<string | undefined> {
  const { key, body, sha256 } = part;
  if (typeof sha256 !== "function") return sha256;
  return (await store.wantsSha256?.(key, sizeOf(body), { signal })) === false ? undefined : await sha256();
}

/** Compares a part with the object that has its key. */
async function compare(store: PartStore, part: PartUpload, signal: AbortSignal): Promise<"same" | "other" | "unknown"> {
  try {
    // A part of which only one key is known.
    if (store.head === undefined) return "unknown";
    const found = await store.head(part.key, { signal });
    if (found === undefined) throw notThere(store, part);
    return await compareWith(store, part, found, signal);
  } catch (error) {
    // The credentials may only create objects.
    if (isRerunError(error) && error.code === "AUTH") return "unknown";
    throw error;
  }
}

/** Another upload, which may still fail, can hold the key of an object that does not exist. */
function notThere(store: PartStore, { key }: PartUpload): RerunError {
  const text = `cannot create ${store.url}/${key}: the store answers that it exists, and that it does not exist`;
  return new RerunError("SERVER", text);
}

async function compareWith(
  store: PartStore,
  { key, body, sha256, md5 }: PartUpload,
  existing: ObjectInfo,
  signal: AbortSignal,
): Promise<"same" | "other" | "unknown"> {
  if (existing.size !== sizeOf(body)) return "other";
  if (sha256 !== undefined && existing.sha256 !== undefined)
    return existing.sha256 === (await sha256Of(sha256)) ? "same" : "other";
  // In most stores the entity tag of an object is its MD5, but not in stores with encryption.
  const etag = /^"?([0-9a-f]{32})"?$/.exec(existing.etag ?? "")?.[1];
  if (md5 !== undefined && etag !== undefined && (await md5()) === etag) return "same";
  if (store.read === undefined) return "unknown";
  let offset = 0;
  for await (const piece of chunksOf(body)) {
    const stored = await store.read(key, { offset, length: piece.byteLength, signal });
    if (!areEqual(stored, piece)) return "other";
    offset += piece.byteLength;
  }
  return "same";
}

function sha256Of(sha256: string | (() => Promise<string>)): string | Promise<string> {
  return typeof sha256 === "function" ? sha256() : sha256;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((value, index) => value === b[index]);
}
