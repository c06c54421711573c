import { encodeCommit, type Commit } from "../commits/commit.ts";
import type { CommittedParts } from "../commits/committed-parts.ts";
import { commitKey, parseLogObjectKey, type LogObject } from "../commits/log-keys.ts";
import type { CountedParts, RecordingObjects } from "../replacements/counted-parts.ts";
import { parseMadePartKey } from "../replacements/replacement-keys.ts";
import { isProbeKey } from "../store/keys.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import type { Housekeeping } from "./housekeeping.ts";
import { randomId } from "@rerun-ts/core/util";
import { modifiedMs } from "../store/modified-ms.ts";

/** Settings of {@link isOrphanOfCommit}. */
export interface OrphanOptions {
  readonly store: ObjectStore;
  readonly dataset: string;
  readonly committed: CommittedParts;
  readonly work: Housekeeping;
  readonly signal: AbortSignal | undefined;
}

/** Settings of {@link sweepRecording}. */
export interface SweepOptions extends OrphanOptions {
  readonly parts: CountedParts;
  /** The listed objects of the recording. */
  readonly objects: RecordingObjects;
  /** Those of ingesters that no commit names, or none yet. */
  readonly uncommitted: readonly ObjectInfo[];
  /** Objects that were created after this time of the store are left alone. */
  readonly before: number;
}

/**
 * Deletes parts that never counted, because their ingesters or compactors were killed, or others were faster. The key
 * of a part determines the only commit or replacement that can name it. If that does not exist yet, an empty one is
 * created first, so that a writer that was frozen in between finds it, and starts over. The age only avoids needless
 * work. Objects with which killed programs have tested the store are deleted, too.
 */
export async function sweepRecording(options: SweepOptions): Promise<void> {
  const { objects, uncommitted, before, work, signal } = options;
  const isOld = (object: ObjectInfo): boolean => modifiedMs(object, Infinity) <= before;
  const orphans: ObjectInfo[] = objects.uploaded.filter((object) => isOld(object) && isProbeKey(object.key));
  for (const object of uncommitted.filter(isOld)) {
    const commit = parseLogObjectKey(object.key);
    const isOrphan =
      commit === undefined ? isProbeKey(object.key) : await isOrphanOfCommit(options, object.key, commit);
    if (isOrphan) orphans.push(object);
  }
  for (const object of objects.made)
    if (isOld(object) && (await isOrphanOfReplacement(options, object.key))) orphans.push(object);
  await work.deleteAll(orphans, signal);
}

/** Whether no commit names an object, nor ever can. */
export async function isOrphanOfCommit(
  { store, dataset, committed, work, signal }: OrphanOptions,
  key: string,
  { partition, number }: LogObject,
): Promise<boolean> {
  const commit = commitKey(dataset, partition, number);
  const isNamed = await committed.isNamed(key, commit, signal);
  if (isNamed !== undefined) return !isNamed;
  if (committed.isDamaged(commit)) return false;
  // An ingester writes parts for the next commit alone.
  if (number > 1 && (await store.head(commitKey(dataset, partition, number - 1), { signal })) === undefined)
    return false;
  if (work.isDryRun) return true;
  const empty: Commit = { owner: `sweep-${randomId()}`, stream: "", last: 0, parts: [], packs: {} };
  await store.create(commit, encodeCommit(empty), { signal });
  return (await committed.isNamed(key, commit, signal)) === false;
}

async function isOrphanOfReplacement(
  { store, parts, objects, work, signal }: SweepOptions,
  key: string,
): Promise<boolean> {
  const number = parseMadePartKey(key)?.number;
  if (number === undefined) return false;
  const log = parts.logOf(objects.recordingId);
  const isOrphan = (): boolean => number < log.next && !log.made.has(key) && !log.isRemoved(key);
  if (number !== log.next) return isOrphan();
  if (work.isDryRun) return true;
  await log.append(store, { owner: `sweep-${randomId()}`, adds: [], removes: [] }, signal);
  return isOrphan();
}
