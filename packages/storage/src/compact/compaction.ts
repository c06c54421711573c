import { pushAll } from "@rerun-ts/core/util";
import { RerunError } from "@rerun-ts/core";
import { BundleIndex } from "../commits/bundle-index.ts";
import { CommittedParts } from "../commits/committed-parts.ts";
import { CountedParts, type CountedPart, type RecordingObjects } from "../replacements/counted-parts.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { ByteRoom } from "./byte-room.ts";
import { compactRecording, type CompactedParts } from "./compact-recording.ts";
import { deleteBundles } from "./delete-bundles.ts";
import { deleteReplaced } from "./delete-replaced.ts";
import { foldLog } from "./fold-log.ts";
import { Housekeeping } from "./housekeeping.ts";
import { isWithoutParts, cleanDataset } from "./clean-dataset.ts";
import { MAX_COMMITS, MAX_OBJECTS } from "./memory-limits.ts";
import type { UnchangedPart, MergeParts } from "./merge-parts.ts";
import { planGroups, type GroupLimits } from "./plan-groups.ts";
import { RecordingFailures, type FailedRecording } from "./recording-failures.ts";
import { RunProgress } from "./run-progress.ts";
import { isInShare, type Share } from "./share.ts";
import { storeTime } from "./store-time.ts";
import { sweepRecording } from "./sweep-orphans.ts";
import { listRecording, walkRecordings, type WalkedRecording, type WalkOptions } from "./walk-recordings.ts";
import { WorkCrew } from "./work-crew.ts";

/** The result of `compactParts`. */
export interface CompactReport {
  /** The compacted parts: groups, and bytes before and after. */
  readonly compacted: {
    /** The number of groups of parts, each of which has become one part. */
    readonly groups: number;
    /** The number of replaced parts. */
    readonly parts: number;
    /** The number of their bytes. */
    readonly replacedBytes: number;
    /** The number of bytes of the parts in their place. With `dryRun` it is 0. */
    readonly bytes: number;
  };
  /** The deleted objects: parts replaced or removed long ago, and unfinished work of killed programs. */
  readonly deleted: { readonly objects: number; readonly bytes: number };
  /** The number of joined records of replaced parts: they are deleted a day later. */
  readonly folded: number;
  /** Parts that stay unchanged: damaged ones, and parts whose types differ from those of most other parts. */
  readonly leftOut: readonly UnchangedPart[];
  /** Failed recordings. Others are not affected. */
  readonly failed: readonly FailedRecording[];
  /** Remarks about missing objects. */
  readonly warnings: readonly string[];
}

/** Settings of a {@link Compaction}. */
export interface CompactionOptions {
  readonly dataset: string;
  readonly recordingIds: readonly string[] | undefined;
  readonly share: Readonly<Share>;
  /** The most recordings that are worked on at a time. */
  readonly concurrency: number;
  readonly limits: GroupLimits;
  readonly merge: MergeParts;
  /** The age of a replacement from which on the replaced parts are deleted. */
  readonly deleteAfterMs: number;
  /** The age from which on parts that never counted are deleted, and replacements folded. */
  readonly sweepAfterMs: number;
  /** The least number of replacements that become a checkpoint. */
  readonly foldAfterCount: number;
  /** The number of commits from one snapshot to the next. */
  readonly snapshotEvery: number;
  readonly dryRun: boolean;
  readonly onCompacted: ((group: CompactedParts) => void) | undefined;
  readonly onDeleted: ((key: string) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** One call of `compactParts`. */
export class Compaction {
  readonly #store: ObjectStore;
  readonly #options: CompactionOptions;
  readonly #work: Housekeeping;
  readonly #committed: CommittedParts;
  readonly #room: ByteRoom;
  /** Work that takes little time, and merging, which holds nothing else up. */
  readonly #crew: WorkCrew;
  readonly #mergers: WorkCrew;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #compacted = { groups: 0, parts: 0, replacedBytes: 0, bytes: 0 };
  readonly #leftOut: UnchangedPart[] = [];
  readonly #failures = new RecordingFailures();
  #hasParts = false;

  constructor(store: ObjectStore, options: CompactionOptions) {
    const { dataset, dryRun, concurrency, limits, signal } = options;
    this.#store = store;
    this.#options = options;
    this.#work = new Housekeeping(store, dryRun, (key) => options.onDeleted?.(key));
    this.#committed = new CommittedParts(store, dataset, MAX_COMMITS);
    // With one large group among several at a time, there is room for others.
    this.#room = new ByteRoom(concurrency === 1 ? limits.maxBytes : 2 * limits.maxBytes);
    this.#crew = new WorkCrew(concurrency, MAX_OBJECTS);
    this.#mergers = new WorkCrew(concurrency, Infinity);
    this.#signal = signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]);
  }

  async run(): Promise<CompactReport> {
    const now = (await storeTime(this.#store, this.#options.dataset, this.#signal)).getTime();
    try {
      await this.#runAll(now);
      await this.#endAll();
    } catch (error) {
      this.#stop.abort();
      await Promise.allSettled([this.#crew.end(), this.#mergers.end()]);
      throw error;
    }
    const { objects, bytes, folded, warnings } = this.#work;
    const deleted = { objects, bytes };
    return {
      compacted: this.#compacted,
      deleted,
      folded,
      leftOut: this.#leftOut,
      failed: this.#failures.failed,
      warnings,
    };
  }

  async #runAll(now: number): Promise<void> {
    const { dataset, recordingIds, share, dryRun } = this.#options;
    if (recordingIds !== undefined) return this.#runSome(recordingIds, now);
    // Before any replacements are read: these must be newer than the list of what they replace.
    this.#committed.bundleIndex = await BundleIndex.read(
      this.#committed.listBundled(undefined, this.#signal),
      (folder) => isInShare(folder, share),
    );
    if (share.index === 1) await this.#crew.start(0, () => this.#cleanDataset(now));
    if (dryRun) await this.#walk({}, now, undefined);
    else await this.#goRound(now);
    await this.#endAll();
    if (!this.#hasParts && (await isWithoutParts(this.#store, dataset, this.#signal)))
      this.#work.warn(`${this.#store.url} has no parts of the dataset ${dataset}`);
  }

  async #runSome(recordingIds: readonly string[], now: number): Promise<void> {
    const { dataset } = this.#options;
    for (const id of recordingIds)
      await this.#crew.start(0, async () => {
        const objects = await listRecording(this.#store, dataset, id, this.#committed, this.#signal);
        await this.#cleanAndMerge(objects, now, undefined);
        if (countOf(objects) === 0)
          this.#work.warn(`${this.#store.url} has no parts of the recording ${id} in the dataset ${dataset}`);
      });
  }

  /** Works on all recordings of the share, from where the last run has ended. */
  async #goRound(now: number): Promise<void> {
    const { dataset, share } = this.#options;
    const progress = await RunProgress.open(this.#store, dataset, share, now, this.#signal);
    if (progress.leftToEnd > 0) progress.leave(await this.#folderBehind(progress.position.at, progress.leftToEnd));
    await progress.begin();
    const { from, at } = progress.position;
    const after = at === "" ? undefined : at;
    if (at < from) await this.#walk({ after, through: from }, now, progress);
    else {
      await this.#walk({ after }, now, progress);
      if (from !== "") await this.#walk({ through: from }, now, progress);
    }
    await this.#endAll();
    await progress.end();
  }

  async #endAll(): Promise<void> {
    await this.#crew.end();
    await this.#mergers.end();
  }

  /** The folder of the recording that is `count` recordings behind the folder `at`. */
  async #folderBehind(at: string, count: number): Promise<string> {
    const { dataset, share } = this.#options;
    const after = at === "" ? undefined : at;
    let [folder, left] = ["", count];
    const bundles = this.#committed.bundleIndex;
    const options = { store: this.#store, dataset, share, bundles, after, signal: this.#signal };
    for await (const each of walkRecordings(options)) {
      folder = each.folder;
      if (--left === 0) break;
    }
    return folder;
  }

  async #walk(
    range: Pick<WalkOptions, "after" | "through">,
    now: number,
    progress: RunProgress | undefined,
  ): Promise<void> {
    const { dataset, share } = this.#options;
    const bundles = this.#committed.bundleIndex;
    const options = { store: this.#store, dataset, share, bundles, ...range, signal: this.#signal };
    const recordings = walkRecordings(options);
    try {
      // In a loop over recordings, the objects of each would stay in memory while those of the next one are listed.
      for (let hasMore = true; hasMore;) hasMore = await this.#startNext(recordings, now, progress);
    } finally {
      await recordings.return(undefined);
    }
  }

  /** Starts the work for the next recording. Resolves to whether there was one. */
  async #startNext(
    recordings: AsyncIterator<WalkedRecording, undefined>,
    now: number,
    progress: RunProgress | undefined,
  ): Promise<boolean> {
    const { value, done } = await recordings.next();
    if (done === true) return false;
    const end = progress?.start(value.folder);
    await this.#crew.start(countOf(value), () => this.#cleanAndMerge(value, now, end));
    return true;
  }

  async #cleanDataset(now: number): Promise<void> {
    const { dataset, deleteAfterMs, sweepAfterMs, snapshotEvery } = this.#options;
    const before = now - Math.max(deleteAfterMs, sweepAfterMs);
    const [store, committed, work, signal] = [this.#store, this.#committed, this.#work, this.#signal];
    await deleteBundles({ store, dataset, committed, before: now - deleteAfterMs, sweepBefore: before, work, signal });
    try {
      await cleanDataset({ store, dataset, committed, before, snapshotEvery, work, signal });
    } catch (error) {
      const failure = RerunError.from(error);
      if (failure.code !== "INVALID_FORMAT" && failure.code !== "NOT_FOUND") throw failure;
      work.warn(`the layouts of the dataset ${dataset} stay as they are: ${failure.message}`);
    }
  }

  /**
   * Cleans one recording, and then merges its parts.
   *
   * @param onEnd called when it is done
   */
  async #cleanAndMerge(
    objects: RecordingObjects,
    now: number,
    onEnd: (() => Promise<void>) | undefined,
  ): Promise<void> {
    const { recordingId } = objects;
    const isWorthMerging = await this.#attempt(recordingId, () => this.#clean(objects, now), !objects.log.isEmpty);
    if (isWorthMerging !== true) return onEnd?.();
    await this.#mergers.start(countOf(objects), async () => {
      await this.#attempt(recordingId, () => this.#merge(recordingId), true);
      await onEnd?.();
    });
  }

  /**
   * Does work for a recording. Notes its failure, unless that is one of the store as a whole.
   *
   * @param asksStore whether its success shows that the store answers
   */
  async #attempt<T>(recordingId: string, work: () => Promise<T>, asksStore: boolean): Promise<T | undefined> {
    try {
      const result = await work();
      if (asksStore) this.#failures.succeed();
      return result;
    } catch (error) {
      this.#failures.fail(recordingId, error, this.#signal);
      return undefined;
    }
  }

  /** Deletes objects that a recording no longer needs. Returns whether the recording has parts to merge. */
  async #clean(objects: RecordingObjects, now: number): Promise<boolean> {
    const { dataset, limits, deleteAfterMs, sweepAfterMs, foldAfterCount, dryRun } = this.#options;
    const { recordingId, made } = objects;
    const [store, committed, work, signal] = [this.#store, this.#committed, this.#work, this.#signal];
    const foldAfterMs = Math.max(deleteAfterMs, sweepAfterMs);
    const folding = { store, dataset, objects, now, foldAfterMs, foldAfterCount, work, signal };
    if (countOf(objects) > 0) {
      const parts = new CountedParts(store, dataset, committed);
      const { counted, replaced, unclear, uncommitted } = await parts.count(objects, signal);
      const problem = unclear.get(recordingId);
      if (problem !== undefined) throw problem;
      if (counted.length + replaced.length > 0) this.#hasParts = true;
      const common = { store, dataset, recordingId, parts, committed, work, signal };
      // Only what earlier calls have replaced: readers may have opened the rest just now.
      await deleteReplaced({ ...common, replaced, made, before: now - deleteAfterMs });
      await sweepRecording({ ...common, objects, uncommitted, before: now - sweepAfterMs });
      await foldLog(folding);
      const groups = planGroups(counted, limits);
      if (dryRun) for (const group of groups) this.#note(planned(recordingId, group));
      return !dryRun && groups.length > 0;
    }
    // It was removed, mostly long ago.
    await foldLog(folding);
    return false;
  }

  async #merge(recordingId: string): Promise<void> {
    const { dataset, limits, merge } = this.#options;
    const leftOut = await compactRecording({
      store: this.#store,
      dataset,
      recordingId,
      // Lists again, because the list of the log must be newer than that of the parts.
      parts: new CountedParts(this.#store, dataset, this.#committed),
      limits,
      merge,
      room: this.#room,
      onCompacted: (group) => this.#note(group),
      signal: this.#signal,
    });
    pushAll(this.#leftOut, leftOut);
  }

  #note(group: CompactedParts): void {
    const sum = this.#compacted;
    sum.groups++;
    sum.parts += group.replaced.length;
    sum.replacedBytes += group.replacedBytes;
    sum.bytes += group.bytes;
    this.#options.onCompacted?.(group);
  }
}

function planned(recordingId: string, group: readonly CountedPart[]): CompactedParts {
  const replacedBytes = group.reduce((sum, { size }) => sum + size, 0);
  return { recordingId, key: "", bytes: 0, replaced: group.map(({ key }) => key), replacedBytes };
}

function countOf({ uploaded, committed, bundled, made }: RecordingObjects): number {
  return uploaded.length + committed.length + bundled.length + made.length;
}
