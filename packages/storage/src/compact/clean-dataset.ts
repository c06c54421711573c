import { bundlePrefix } from "../commits/bundle-keys.ts";
import type { CommittedParts } from "../commits/committed-parts.ts";
import {
  logLayoutPrefix,
  logPartPrefix,
  logPrefix,
  numberOfKey,
  parseLogObjectKey,
  snapshotPrefix,
} from "../commits/log-keys.ts";
import { directPrefix, layoutPrefix } from "../parts/part-key.ts";
import { madePartPrefix } from "../replacements/replacement-keys.ts";
import { isProbeKey } from "../store/keys.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import { foldCommits } from "./fold-commits.ts";
import type { Housekeeping } from "./housekeeping.ts";
import { oldLayouts } from "./old-layouts.ts";
import { clockPrefix } from "./store-time.ts";
import { isOrphanOfCommit } from "./sweep-orphans.ts";
import { modifiedMs } from "../store/modified-ms.ts";

/** Settings of {@link cleanDataset}. */
export interface CleanDatasetOptions {
  readonly store: ObjectStore;
  readonly dataset: string;
  readonly committed: CommittedParts;
  /** Objects that were created after this time of the store stay. */
  readonly before: number;
  /** The number of commits from one snapshot to the next. */
  readonly snapshotEvery: number;
  readonly work: Housekeeping;
  readonly signal: AbortSignal | undefined;
}

/**
 * Deletes what belongs to no recording: layouts that newer ones have replaced or that no commit names, snapshots of
 * commits that newer ones have replaced, and what killed programs have left of their tests and clocks.
 */
export async function cleanDataset(options: CleanDatasetOptions): Promise<void> {
  const { store, dataset, before, work, signal } = options;
  const isOld = (object: ObjectInfo): boolean => modifiedMs(object, Infinity) <= before;
  const orphans = new Set<string>();
  for (const prefix of [layoutPrefix(dataset), logLayoutPrefix(dataset)]) {
    for await (const object of store.list(prefix, { signal })) {
      const { key } = object;
      if (!isOld(object)) continue;
      const commit = parseLogObjectKey(key);
      if (!(commit === undefined ? isProbeKey(key) : await isOrphanOfCommit(options, key, commit))) continue;
      orphans.add(key);
      await work.delete(object, signal);
    }
  }
  for await (const object of probesOfLog(options)) if (isOld(object)) await work.delete(object, signal);
  for await (const object of store.list(clockPrefix(dataset), { signal }))
    if (isOld(object)) await work.delete(object, signal);
  await foldCommits(options);
  for await (const object of oldSnapshots(options, isOld)) await work.delete(object, signal);
  const isEmpty = await isWithoutParts(store, dataset, signal);
  for await (const layout of oldLayouts({ store, dataset, isEmpty, before, signal }))
    if (!orphans.has(layout.key)) await work.delete(layout, signal);
}

/** Objects with which ingesters have tested the store. They are behind all commits, of which there are ever more. */
async function* probesOfLog({ store, dataset, signal }: CleanDatasetOptions): AsyncGenerator<ObjectInfo> {
  const prefix = logPrefix(dataset);
  const list = async function* (folder: string, startAfter?: string): AsyncGenerator<ObjectInfo> {
    for await (const object of store.list(folder, { startAfter, signal })) if (isProbeKey(object.key)) yield object;
  };
  if (store.listFolders === undefined) yield* list(prefix);
  else for await (const folder of store.listFolders(prefix, { signal })) yield* list(folder, `${folder}p`);
}

/** Snapshots before one that is old itself: an ingester that starts reads the newest in its list. */
async function* oldSnapshots(
  { store, dataset, signal }: CleanDatasetOptions,
  isOld: (object: ObjectInfo) => boolean,
): AsyncGenerator<ObjectInfo> {
  let folder: string | undefined;
  let earlier: ObjectInfo[] = [];
  for await (const object of store.list(snapshotPrefix(dataset), { signal })) {
    if (numberOfKey(object.key) === undefined) continue;
    const own = object.key.slice(0, object.key.lastIndexOf("/"));
    if (own !== folder) [folder, earlier] = [own, []];
    if (isOld(object)) {
      yield* earlier;
      earlier = [];
    }
    earlier.push(object);
  }
}

/** Whether a dataset has no objects of recordings, also none that wait for their deletion. */
export async function isWithoutParts(
  store: Pick<ObjectStore, "list">,
  dataset: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (const prefix of [directPrefix(dataset), logPartPrefix(dataset), bundlePrefix(dataset), madePartPrefix(dataset)])
    for await (const { key } of store.list(prefix, { signal })) if (!isProbeKey(key)) return false;
  return true;
}
