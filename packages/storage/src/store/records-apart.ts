import { isRerunError, type RerunErrorCode } from "@rerun-ts/core";
import type { ObjectStore } from "./object-store.ts";
import { RecordError } from "./stored-json.ts";

/** The records that a store fails to deliver in a row, after many requests each, until it counts as away. */
const MAX_FAILURES = 16;
/** These errors say something about the record, or about the call. */
const NOT_OF_STORE: ReadonlySet<RerunErrorCode> = new Set(["NOT_FOUND", "ABORTED", "INVALID_FORMAT"]);

/**
 * Reads objects of a store. A record, such as a commit, that the store fails to deliver counts as damaged: it rejects
 * with {@link RecordError} and `INVALID_FORMAT`. If the store delivers no records at all, its error stays.
 */
export function readApart(store: Pick<ObjectStore, "read">): ObjectStore["read"] {
  const failing = new Set<string>();
  return async (key, options) => {
    if (!key.endsWith(".json")) return store.read(key, options);
    try {
      const bytes = await store.read(key, options);
      failing.clear();
      return bytes;
    } catch (error) {
      if (!isRerunError(error) || NOT_OF_STORE.has(error.code) || failing.add(key).size >= MAX_FAILURES) throw error;
      throw new RecordError("INVALID_FORMAT", key, error.message, { cause: error });
    }
  };
}

/**
 * A store for work that is repeated, with {@link readApart}: recordings that depend on a record that cannot be read
 * stay as they are and are named, and all others go on.
 */
export function withRecordsApart(store: ObjectStore): ObjectStore {
  return {
    url: store.url,
    create: (...args) => store.create(...args),
    head: (...args) => store.head(...args),
    read: readApart(store),
    list: (...args) => store.list(...args),
    delete: (...args) => store.delete(...args),
    ...(store.listFolders && { listFolders: store.listFolders.bind(store) }),
    ...(store.wantsSha256 && { wantsSha256: store.wantsSha256.bind(store) }),
    ...(store.presignRead && { presignRead: store.presignRead.bind(store) }),
  };
}
