import type { ObjectStore } from "../store/object-store.ts";

/** As many as one response of S3 has. */
const MAX_KEYS = 1000;

/**
 * The first keys below a prefix, which all partitions of an ingester list together: most partitions have few commits or
 * none, and each request takes time and costs money.
 */
export class FirstKeys {
  readonly #store: Pick<ObjectStore, "list">;
  readonly #prefix: string;
  #listing: Promise<readonly string[]> | undefined;

  constructor(store: Pick<ObjectStore, "list">, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
  }

  /**
   * The keys below a longer prefix, in ascending order, or `undefined` if some of them may be missing. They are as old
   * as the first call that succeeded. Rejects with the errors of the store, and may be called again.
   */
  async below(prefix: string, signal: AbortSignal): Promise<readonly string[] | undefined> {
    const keys = await (this.#listing ??= this.#list(signal));
    const last = keys.at(-1);
    const isWhole = keys.length < MAX_KEYS || (last !== undefined && last > prefix && !last.startsWith(prefix));
    return isWhole ? keys.filter((key) => key.startsWith(prefix)) : undefined;
  }

  async #list(signal: AbortSignal): Promise<readonly string[]> {
    const keys: string[] = [];
    try {
      for await (const { key } of this.#store.list(this.#prefix, { signal })) if (keys.push(key) === MAX_KEYS) break;
    } catch (error) {
      this.#listing = undefined;
      throw error;
    }
    return keys;
  }
}
