import { getOrAdd } from "@rerun-ts/core/util";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import { commitKey, logPrefix, numberOfKey } from "./log-keys.ts";

/** A partition with commits in this time is looked at each time. */
const BUSY_MS = 60_000;
/** The number of other partitions that are looked at in one call, in turn. */
const QUIET_PARTITIONS = 16;

/** The state of a partition. */
interface Partition {
  /** The number of the last commit. */
  last: number;
  /** When a commit was found last, and when somebody looked. */
  foundAt: number;
  lookedAt: number;
}

/** Finds the commits of a dataset that were added, by listing each partition after its last known commit. */
export class NewCommits {
  readonly #store: Pick<ObjectStore, "list" | "listFolders">;
  readonly #dataset: string;
  /** By the prefixes of their folders. */
  readonly #partitions = new Map<string, Partition>();

  constructor(store: Pick<ObjectStore, "list" | "listFolders">, dataset: string) {
    this.#store = store;
    this.#dataset = dataset;
  }

  /** Lists all commits that were added, so that the next call lists those after them. */
  async skip(signal?: AbortSignal): Promise<void> {
    for (const folder of await this.#folders(signal)) for await (const _ of this.#listOne(folder, false, signal));
  }

  /** Lists commits that were added. Those of quiet partitions may follow in later calls. */
  async *list(signal?: AbortSignal): AsyncGenerator<ObjectInfo> {
    const folders = await this.#folders(signal);
    const lookedAt = (folder: string): number => this.#partitions.get(folder)?.lookedAt ?? -Infinity;
    const isBusy = (folder: string): boolean => {
      const partition = this.#partitions.get(folder);
      return partition === undefined || performance.now() - partition.foundAt < BUSY_MS;
    };
    const quiet = folders.filter((folder) => !isBusy(folder)).sort((a, b) => lookedAt(a) - lookedAt(b));
    for (const folder of [...folders.filter(isBusy), ...quiet.slice(0, QUIET_PARTITIONS)])
      yield* this.#listOne(folder, true, signal);
  }

  async #folders(signal: AbortSignal | undefined): Promise<readonly string[]> {
    const folders: string[] = [];
    for await (const folder of this.#store.listFolders?.(logPrefix(this.#dataset), { signal }) ?? [])
      folders.push(folder);
    return folders;
  }

  async *#listOne(folder: string, isNews: boolean, signal: AbortSignal | undefined): AsyncGenerator<ObjectInfo> {
    const number = Number(/\/(\d{2})\/$/.exec(folder)?.[1]);
    if (Number.isNaN(number)) return;
    const partition = getOrAdd(this.#partitions, folder, () => ({ last: 0, foundAt: -Infinity, lookedAt: 0 }));
    partition.lookedAt = performance.now();
    const startAfter = partition.last === 0 ? undefined : commitKey(this.#dataset, number, partition.last);
    for await (const commit of this.#store.list(folder, { startAfter, signal })) {
      const found = numberOfKey(commit.key);
      if (found === undefined) continue;
      // A list may lack recent objects. Their numbers are consecutive.
      const first = isNews && partition.last > 0 ? partition.last + 1 : found;
      for (let missing = first; missing < found; missing++)
        yield { ...commit, key: commitKey(this.#dataset, number, missing) };
      yield commit;
      partition.last = found;
      if (isNews) partition.foundAt = partition.lookedAt;
    }
  }
}
