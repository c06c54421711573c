import { randomId } from "@rerun-ts/core/encode";
import { encodeCommit, type Commit } from "../commits/commit.ts";
import {
  commitKey,
  datasetPrefix,
  logLayoutPrefix,
  logPartPrefix,
  parseLogObjectKey,
  type LogObject,
} from "../commits/log-keys.ts";
import { directPrefix, layoutPrefix } from "../parts/part-key.ts";
import type { CountedParts } from "../replacements/counted-parts.ts";
import { madePartPrefix, parseMadePartKey } from "../replacements/replacement-keys.ts";
import { isProbeKey } from "../store/keys.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import type { Housekeeping } from "./housekeeping.ts";
import { oldLayouts } from "./old-layouts.ts";
import { clockPrefix } from "./store-time.ts";

/** Settings of {@link sweepOrphans}. */
export interface SweepOptions {
  readonly store: ObjectStore;
  readonly dataset: string;
  /** The recording whose parts are checked. Default: all recordings, and layouts. */
  readonly recordingId: string | undefined;
  readonly parts: CountedParts;
  /** The number of parts that count. */
  readonly counted: number;
  /** The recordings of which nothing may be deleted, as it is unclear which parts count. */
  readonly unclear: ReadonlyMap<string, unknown>;
  /** Objects that were created after this time of the store are left alone. */
  readonly before: number;
  readonly work: Housekeeping;
  readonly signal: AbortSignal | undefined;
}

/**
 * Deletes parts that never counted, because their ingesters or compactors were killed, or others were faster. The key
 * of a part determines the only commit or replacement that can name it. If that does not exist yet, an empty one is
 * created first, so that a writer that was frozen in between finds it, and starts over. The age only avoids needless
 * work. Test objects of killed programs are deleted, too, and layouts that newer ones have replaced.
 */
export async function sweepOrphans(options: SweepOptions): Promise<void> {
  const { store, dataset, recordingId, unclear, before, work, signal } = options;
  const old = async function* (prefix: string): AsyncGenerator<ObjectInfo> {
    for await (const object of store.list(prefix, { signal }))
      if ((object.modified?.getTime() ?? Infinity) <= before) yield object;
  };
  // Includes probes, because programs test a store beside their first object.
  const prefixes = [directPrefix(dataset, recordingId), logPartPrefix(dataset, recordingId)];
  if (recordingId === undefined)
    prefixes.push(layoutPrefix(dataset), logLayoutPrefix(dataset), `${datasetPrefix(dataset)}log/`);
  const orphans = new Set<string>();
  for (const prefix of prefixes) {
    for await (const { key, size } of old(prefix)) {
      const object = parseLogObjectKey(key);
      const isOrphan = object === undefined ? isProbeKey(key) : await isOrphanOfCommit(options, key, object);
      if (!isOrphan) continue;
      orphans.add(key);
      await work.delete(key, size, signal);
    }
  }
  for await (const { key, size } of old(madePartPrefix(dataset, recordingId))) {
    const made = parseMadePartKey(key);
    if (made === undefined || unclear.has(made.recordingId)) continue;
    if (await isOrphanOfReplacement(options, key, made)) await work.delete(key, size, signal);
  }
  if (recordingId !== undefined) return;
  for await (const { key, size } of old(clockPrefix(dataset))) await work.delete(key, size, signal);
  const isEmpty = options.counted === 0 && unclear.size === 0;
  for (const { key, size } of await oldLayouts({ store, dataset, isEmpty, before, signal }))
    if (!orphans.has(key)) await work.delete(key, size, signal);
}

async function isOrphanOfCommit(options: SweepOptions, key: string, object: LogObject): Promise<boolean> {
  const { store, dataset, parts, work, signal } = options;
  const { partition, number } = object;
  const commit = commitKey(dataset, partition, number);
  const isNamed = await parts.committed.isNamed(key, commit, signal);
  if (isNamed !== undefined) return !isNamed;
  if (parts.committed.isDamaged(commit)) return false;
  // An ingester writes parts for the next commit alone.
  if (number > 1 && (await store.head(commitKey(dataset, partition, number - 1), { signal })) === undefined)
    return false;
  if (work.isDryRun) return true;
  const empty: Commit = { owner: `sweep-${randomId()}`, stream: "", last: 0, parts: [], packs: {} };
  await store.create(commit, encodeCommit(empty), { signal });
  return (await parts.committed.isNamed(key, commit, signal)) === false;
}

async function isOrphanOfReplacement(
  { store, parts, work, signal }: SweepOptions,
  key: string,
  { recordingId, number }: { readonly recordingId: string; readonly number: number },
): Promise<boolean> {
  const log = parts.logOf(recordingId);
  const isOrphan = (): boolean => number < log.next && !log.made.has(key) && !log.removed.has(key);
  if (number !== log.next) return isOrphan();
  if (work.isDryRun) return true;
  await log.append(store, { owner: `sweep-${randomId()}`, adds: [], removes: [] }, signal);
  return isOrphan();
}
