import { isRerunError } from "@rerun-ts/core";
import { decodeCommit, decodeSnapshot } from "../commits/commit.ts";
import { SNAPSHOT_EVERY, commitKey, logPrefix, numberOfKey, snapshotKey, snapshotPrefix } from "../commits/log-keys.ts";
import { CommitLog } from "../ingest/commit-log.ts";
import type { PackId } from "../nats/pack.ts";
import type { ObjectStore } from "../store/object-store.ts";

/** The newest commits and snapshots of a dataset, by their partition. */
export class CommittedSequences {
  /** Partitions whose newest record cannot be read, with the reason. */
  readonly damaged: Map<number, string> = new Map();
  readonly #store: ObjectStore;
  readonly #dataset: string;
  readonly #commits: ReadonlyMap<number, number>;
  readonly #snapshots: ReadonlyMap<number, number>;

  private constructor(
    store: ObjectStore,
    dataset: string,
    commits: ReadonlyMap<number, number>,
    snapshots: ReadonlyMap<number, number>,
  ) {
    this.#store = store;
    this.#dataset = dataset;
    this.#commits = commits;
    this.#snapshots = snapshots;
  }

  static async open(store: ObjectStore, dataset: string): Promise<CommittedSequences> {
    const commits = await newestIn(store, logPrefix(dataset));
    return new CommittedSequences(store, dataset, commits, await newestIn(store, snapshotPrefix(dataset)));
  }

  /** The sequence of a stream up to which a partition is committed, 0 if nothing of the stream is. */
  async of(partition: number, stream: string): Promise<number> {
    const snapshot = this.#snapshots.get(partition) ?? 0;
    try {
      for (let number = this.#commits.get(partition) ?? 0; number > snapshot; number--) {
        const key = commitKey(this.#dataset, partition, number);
        const commit = decodeCommit(await this.#store.read(key), key);
        if (commit.stream === stream) return commit.last;
        // Empty commits take the number of parts that never counted. Others are of a stream before.
        if (commit.stream !== "") break;
      }
      if (snapshot === 0) return 0;
      const key = snapshotKey(this.#dataset, partition, snapshot);
      return decodeSnapshot(await this.#store.read(key), key).streams[stream] ?? 0;
    } catch (error) {
      if (!isRerunError(error) || error.code !== "INVALID_FORMAT") throw error;
      this.damaged.set(partition, error.message);
      return 0;
    }
  }

  /**
   * A function that tells whether a pack of a partition is committed: producers repeat packs, also behind the sequence
   * of {@link of}. Without the commits, it knows no pack.
   */
  async packsIn(partition: number): Promise<(id: PackId) => boolean> {
    const log = new CommitLog({
      store: this.#store,
      dataset: this.#dataset,
      partition,
      snapshotEvery: SNAPSHOT_EVERY,
    });
    try {
      await log.catchUp(new AbortController().signal);
    } catch (error) {
      if (!isRerunError(error) || error.code !== "INVALID_FORMAT") throw error;
      this.damaged.set(partition, error.message);
      return () => false;
    }
    return (id) => log.missing(id).length === 0;
  }
}

/** The largest number of each partition. */
async function newestIn(store: Pick<ObjectStore, "list">, prefix: string): Promise<ReadonlyMap<number, number>> {
  const newest = new Map<number, number>();
  for await (const { key } of store.list(prefix)) {
    const number = numberOfKey(key);
    if (number !== undefined) newest.set(Number.parseInt(key.slice(prefix.length), 10), number);
  }
  return newest;
}
