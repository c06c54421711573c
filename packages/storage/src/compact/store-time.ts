import { RerunError } from "@rerun-ts/core";
import { randomId } from "@rerun-ts/core/util";
import { datasetPrefix } from "../commits/log-keys.ts";
import type { ObjectStore } from "../store/object-store.ts";

/** The beginning of the keys of objects whose time alone counts. */
export function clockPrefix(dataset: string): string {
  return `${datasetPrefix(dataset)}clock/`;
}

/**
 * The time of a store, from an object that is created for this purpose and deleted again. The ages of objects depend on
 * no other clock.
 *
 * @throws {RerunError} `UNSUPPORTED` if the store does not say when objects were created
 */
export async function storeTime(store: ObjectStore, dataset: string, signal: AbortSignal | undefined): Promise<Date> {
  for (;;) {
    const key = `${clockPrefix(dataset)}${randomId()}`;
    await store.create(key, new TextEncoder().encode("now"), { signal });
    const found = await store.head(key, { signal });
    await store.delete(key, { signal });
    if (found?.modified !== undefined) return found.modified;
    // If this process was frozen for long, another process may have deleted the object.
    if (found !== undefined) throw noTimes(store);
  }
}

function noTimes({ url }: ObjectStore): RerunError {
  return new RerunError(
    "UNSUPPORTED",
    `${url} does not say when objects were created, so nothing old can be found; ` +
      "return the time as `modified` from `head` and `list` of the store",
  );
}
