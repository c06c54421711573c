import { isRerunError } from "@rerun-ts/core";
import type { ObjectStore } from "../store/object-store.ts";
import { decodeCommitCheckpoint } from "./commit-checkpoint.ts";
import { commitCheckpointKey, commitCheckpointPrefix, placeOfKey } from "./log-keys.ts";
import { PackRanges } from "./pack-ranges.ts";

/** The age of a list of checkpoints, after which it is made again: commits are deleted a day after their checkpoint. */
const MAX_AGE_MS = 10 * 60_000;

/** The newest checkpoint of a partition. */
interface Newest {
  readonly number: number;
  kept?: Promise<PackRanges>;
}

/** The commits of a dataset that count for nothing any more, because nothing of them is there. */
export class FoldedCommits {
  readonly #store: Pick<ObjectStore, "list" | "read">;
  readonly #dataset: string;
  /** By partition. */
  #newest: ReadonlyMap<number, Newest> = new Map();
  #listing: Promise<void> | undefined;
  #listedAt = -Infinity;

  constructor(store: Pick<ObjectStore, "list" | "read">, dataset: string) {
    this.#store = store;
    this.#dataset = dataset;
  }

  /** Whether a commit with this number counts for nothing. @throws {RerunError} the errors of the store */
  async has(partition: number, number: number, signal: AbortSignal | undefined): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      await this.#list(signal);
      const newest = this.#newest.get(partition);
      if (newest === undefined || number > newest.number) return false;
      newest.kept ??= this.#read(partition, newest, signal);
      try {
        return (await newest.kept).missing(number, number).length > 0;
      } catch (error) {
        delete newest.kept;
        // Another checkpoint has replaced it, and it was deleted since.
        if (attempt > 1 || !isRerunError(error) || error.code !== "NOT_FOUND") throw error;
        this.#listedAt = -Infinity;
      }
    }
  }

  async #list(signal: AbortSignal | undefined): Promise<void> {
    if (performance.now() - this.#listedAt < MAX_AGE_MS) return;
    await (this.#listing ??= this.#listNow(signal).finally(() => (this.#listing = undefined)));
  }

  async #listNow(signal: AbortSignal | undefined): Promise<void> {
    const started = performance.now();
    const newest = new Map<number, Newest>();
    for await (const { key } of this.#store.list(commitCheckpointPrefix(this.#dataset), { signal })) {
      const place = placeOfKey(key);
      if (place === undefined) continue;
      const known = this.#newest.get(place.partition);
      newest.set(place.partition, known?.number === place.number ? known : { number: place.number });
    }
    [this.#newest, this.#listedAt] = [newest, started];
  }

  async #read(partition: number, { number }: Newest, signal: AbortSignal | undefined): Promise<PackRanges> {
    const key = commitCheckpointKey(this.#dataset, partition, number);
    return new PackRanges(decodeCommitCheckpoint(await this.#store.read(key, { signal }), key).kept);
  }
}
