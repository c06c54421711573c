import { isRerunError } from "@rerun-ts/core";
import type { ObjectStore } from "./object-store.ts";

/** A store without an answer in this time may have one later. */
const CHECK_MS = 5000;

/**
 * Finds out whether a program may read a store.
 *
 * @throws {RerunError} `AUTH` if it may not, `NOT_FOUND` if the bucket does not exist; other errors are not failures
 */
export async function checkListing(store: Pick<ObjectStore, "list">, prefix: string): Promise<void> {
  try {
    for await (const _ of store.list(prefix, { signal: AbortSignal.timeout(CHECK_MS) })) break;
  } catch (error) {
    if (isRerunError(error) && (error.code === "AUTH" || error.code === "NOT_FOUND")) throw error;
  }
}
