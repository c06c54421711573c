import type { StoreId } from "@rerun-ts/core";
import { storeKey } from "@rerun-ts/core/encode";
import type { PartFile } from "./part-file.ts";
import { partStem } from "./part-name.ts";
import type { StoreParts } from "./store-parts.ts";

/** The maximum number of recordings and layouts with open parts. Above it, the least recently used one is finished. */
const MAX_STORES = 16;

/** The number of the last part of a store, and a function to call for each new one. */
export interface PartNumbers {
  readonly after: number;
  readonly onBegun: (number: number) => void;
}

/** The stores of a sink with open parts, by their keys. */
export class OpenStores {
  /** The most recently used one is last. */
  readonly #stores = new Map<string, StoreParts>();
  /** The numbers of the last parts, by the beginnings of their names. */
  readonly #numbers = new Map<string, number>();
  readonly #create: (storeId: StoreId, numbers: PartNumbers) => StoreParts;

  constructor(create: (storeId: StoreId, numbers: PartNumbers) => StoreParts) {
    this.#create = create;
  }

  /** The parts that are being written. */
  get parts(): readonly PartFile[] {
    return [...this.#stores.values()].flatMap(({ open }) => open);
  }

  /** All stores with their keys, as they are now. */
  get all(): readonly (readonly [key: string, store: StoreParts])[] {
    return [...this.#stores];
  }

  get(key: string): StoreParts | undefined {
    return this.#stores.get(key);
  }

  /** The store of an id, which is created if it has no open parts. */
  of(storeId: StoreId): StoreParts {
    const key = storeKey(storeId);
    const known = this.#stores.get(key);
    if (known !== undefined) {
      if (this.#stores.size === 1) return known;
      this.#stores.delete(key);
      this.#stores.set(key, known);
      return known;
    }
    const [oldest] = this.#stores;
    if (oldest !== undefined && this.#stores.size >= MAX_STORES) {
      oldest[1].finish();
      this.#stores.delete(oldest[0]);
    }
    const stem = partStem(storeId);
    const onBegun = (number: number): void => void this.#numbers.set(stem, number);
    const store = this.#create(storeId, { after: this.#numbers.get(stem) ?? 0, onBegun });
    this.#stores.set(key, store);
    return store;
  }

  /** The next parts begin with all static data. */
  repeatStatics(): void {
    for (const store of this.#stores.values()) store.repeatStatics();
  }

  delete(key: string): void {
    this.#stores.delete(key);
  }

  clear(): void {
    this.#stores.clear();
  }
}
