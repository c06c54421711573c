import { getOrAdd } from "@rerun-ts/core/util";
import { bundlePrefix, parseBundle } from "../commits/bundle-keys.ts";
import { decodeCommitCheckpoint, encodeCommitCheckpoint } from "../commits/commit-checkpoint.ts";
import {
  commitCheckpointKey,
  commitCheckpointPrefix,
  commitKey,
  logLayoutPrefix,
  logPartPrefix,
  logPrefix,
  parseLogObjectKey,
  placeOfKey,
  snapshotPrefix,
} from "../commits/log-keys.ts";
import { PackRanges } from "../commits/pack-ranges.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import type { Housekeeping } from "./housekeeping.ts";
import { modifiedMs } from "../store/modified-ms.ts";

/** Settings of {@link foldCommits}. */
export interface FoldCommitsOptions {
  readonly store: ObjectStore;
  readonly dataset: string;
  /** The number of commits from one snapshot to the next. */
  readonly snapshotEvery: number;
  /** Objects that were created after this time of the store are left alone. */
  readonly before: number;
  readonly work: Housekeeping;
  readonly signal: AbortSignal | undefined;
}

/** The checkpoints and snapshots of a partition. */
interface PartitionLog {
  /** The number of the newest checkpoint, and of the newest old one; 0 without any. */
  newest: number;
  old: number;
  /** The number of the newest old snapshot, or 0. */
  snapshot: number;
  /** The numbers of the checkpoints. */
  readonly checkpoints: number[];
}

/**
 * Notes in a checkpoint which commits have objects, and deletes the others a day later. Ingesters begin at a snapshot,
 * so they need no commits before it. The commits with the numbers of snapshots stay: a late ingester finds one of them.
 */
export async function foldCommits(options: FoldCommitsOptions): Promise<void> {
  const logs = await partitionsOf(options);
  for (const [partition, log] of logs) if (log.old > 0) await deleteFolded(options, partition, log);
  const due = new Map([...logs].filter(([, { snapshot, newest }]) => snapshot > newest));
  if (due.size === 0) return;
  const present = await numbersWithObjects(options, due);
  for (const [partition, { snapshot, newest }] of due) {
    options.work.folded += snapshot - newest;
    if (options.work.isDryRun) continue;
    const bits = present.get(partition) ?? new Uint8Array();
    const kept = await keptNumbers(options, partition, newest, snapshot, bits);
    const body = encodeCommitCheckpoint({ through: snapshot, kept: kept.toJSON() });
    // An existing one was right when it was made, and nothing that it lacks can appear since.
    await options.store.create(commitCheckpointKey(options.dataset, partition, snapshot), body, {
      signal: options.signal,
    });
  }
}

async function partitionsOf({ store, dataset, snapshotEvery, before, signal }: FoldCommitsOptions) {
  const logs = new Map<number, PartitionLog>();
  const logOf = (partition: number): PartitionLog => {
    const log = getOrAdd(logs, partition, () => ({ newest: 0, old: 0, snapshot: 0, checkpoints: [] }));
    return log;
  };
  const isOld = (object: ObjectInfo): boolean => modifiedMs(object, Infinity) <= before;
  for await (const object of store.list(commitCheckpointPrefix(dataset), { signal })) {
    const place = placeOfKey(object.key);
    if (place === undefined) continue;
    const log = logOf(place.partition);
    log.newest = place.number;
    if (isOld(object)) log.old = place.number;
    log.checkpoints.push(place.number);
  }
  for await (const object of store.list(snapshotPrefix(dataset), { signal })) {
    const place = placeOfKey(object.key);
    if (place !== undefined && isOld(object) && place.number % snapshotEvery === 0)
      logOf(place.partition).snapshot = place.number;
  }
  return logs;
}

/** The numbers of commits with objects, as bits, up to the snapshot of each partition. */
async function numbersWithObjects(
  { store, dataset, signal }: FoldCommitsOptions,
  logs: ReadonlyMap<number, PartitionLog>,
): Promise<ReadonlyMap<number, Uint8Array>> {
  const bits = new Map(
    Array.from(logs, ([partition, { snapshot }]) => [partition, new Uint8Array(Math.floor(snapshot / 8) + 1)]),
  );
  for (const prefix of [logPartPrefix(dataset), bundlePrefix(dataset), logLayoutPrefix(dataset)]) {
    for await (const object of store.list(prefix, { signal })) {
      const place = parseBundle(dataset, object) ?? parseLogObjectKey(object.key);
      const own = bits.get(place?.partition ?? -1);
      if (place !== undefined && own !== undefined && place.number >> 3 < own.length)
        own[place.number >> 3] = (own[place.number >> 3] ?? 0) | (1 << (place.number & 7));
    }
  }
  return bits;
}

/** The numbers with objects among those that the checkpoint before has not given up. */
async function keptNumbers(
  { store, dataset, signal }: FoldCommitsOptions,
  partition: number,
  before: number,
  through: number,
  bits: Uint8Array,
): Promise<PackRanges> {
  let earlier = new PackRanges();
  if (before > 0) {
    const key = commitCheckpointKey(dataset, partition, before);
    earlier = new PackRanges(decodeCommitCheckpoint(await store.read(key, { signal }), key).kept);
  }
  const kept = new PackRanges();
  for (let number = 1; number <= through; number++) {
    if (((bits[number >> 3] ?? 0) & (1 << (number & 7))) === 0) continue;
    if (number > before || earlier.missing(number, number).length === 0) kept.add(number);
  }
  return kept;
}

/** Deletes the commits that an old checkpoint has given up, and the checkpoints before it. */
async function deleteFolded(
  { store, dataset, snapshotEvery, work, signal }: FoldCommitsOptions,
  partition: number,
  { old, checkpoints }: PartitionLog,
): Promise<void> {
  const key = commitCheckpointKey(dataset, partition, old);
  const kept = new PackRanges(decodeCommitCheckpoint(await store.read(key, { signal }), key).kept);
  const last = commitKey(dataset, partition, old);
  let some: ObjectInfo[] = [];
  for await (const object of store.list(logPrefix(dataset, partition), { signal })) {
    const number = placeOfKey(object.key)?.number;
    if (object.key > last) break;
    const stays = number === undefined || number % snapshotEvery === 0 || kept.missing(number, number).length === 0;
    if (!stays && some.push(object) === PAGE) {
      await work.deleteAll(some, signal);
      some = [];
    }
  }
  await work.deleteAll(some, signal);
  for (const number of checkpoints)
    if (number < old) await work.delete({ key: commitCheckpointKey(dataset, partition, number), size: 0 }, signal);
}

/** The objects to delete in memory. */
const PAGE = 1000;
