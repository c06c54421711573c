import type { ObjectStore } from "@rerun-ts/storage";

/** The calls of a store as an object that can be changed. */
export function bound(store: ObjectStore): ObjectStore {
  return {
    url: store.url,
    create: (...all) => store.create(...all),
    head: (...all) => store.head(...all),
    read: (...all) => store.read(...all),
    list: (...all) => store.list(...all),
    delete: (...all) => store.delete(...all),
  };
}
