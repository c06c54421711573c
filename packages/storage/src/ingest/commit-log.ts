import { RerunError, isRerunError, type StoreId } from "@rerun-ts/core";
import { storeKey } from "@rerun-ts/core/encode";
import { missingOf, type FlatRanges } from "../commits/pack-ranges.ts";
import { RunMemory } from "../commits/run-memory.ts";
import type { PackId } from "../nats/pack.ts";
import { RunPrints } from "../commits/run-prints.ts";
import { createObject } from "../store/create-object.ts";
import type { ObjectStore } from "../store/object-store.ts";
import {
  decodeCommit,
  decodeSnapshot,
  encodeCommit,
  encodeSnapshot,
  type Commit,
  type CommittedPart,
  type Snapshot,
  type StaticPlace,
  type StoreStatics,
} from "../commits/commit.ts";
import {
  commitCheckpointPrefix,
  commitKey,
  logPrefix,
  numberOfKey,
  snapshotKey,
  snapshotPrefix,
} from "../commits/log-keys.ts";
import type { FirstKeys } from "./first-keys.ts";

/** Number of commits to read at a time. */
const READ_AHEAD = 16;
/** The most times that the lists are read because something in them is gone. */
const MAX_LOADS = 3;

/** Options of a {@link CommitLog}. */
export interface CommitLogOptions {
  readonly store: ObjectStore;
  readonly dataset: string;
  readonly partition: number;
  /** The number of commits from one snapshot to the next. All writers of a dataset must agree on it. */
  readonly snapshotEvery: number;
  /** The first keys of the commits and of the snapshots of all partitions. Default: the partition lists its own. */
  readonly firstKeys?: FirstLogKeys | undefined;
}

/** The first keys of the logs of all partitions of a dataset. */
export interface FirstLogKeys {
  readonly commits: FirstKeys;
  readonly snapshots: FirstKeys;
}

/**
 * The commits of a partition: objects with consecutive numbers, each of which can be created once. Any number of
 * writers may append. The log has one counter for all streams, so a late commit of data from a lost stream conflicts
 * with the commits of its successor.
 *
 * Its calls reject with the errors of the store. They may be repeated.
 */
export class CommitLog {
  /** The number of the next commit, as far as is known. */
  next = 1;
  /** The runs of the newest commit that was read: their acknowledgements may not have been sent. */
  newestRuns: readonly string[] = [];
  readonly #options: CommitLogOptions;
  #streams = new Map<string, number>();
  #runs = new RunMemory();
  /** The prints of the runs of the last commits. */
  #prints = new Map<string, RunPrints>();
  /** The runs since the last snapshot. */
  #recentRuns = new Set<string>();
  /** The static data of each store, by its key. */
  #statics = new Map<string, StoreStatics>();
  #isLoaded = false;
  /** The first keys, unless this log has found out that they are old. */
  #firstKeys: FirstLogKeys | undefined;
  #dueSnapshot: { readonly number: number; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;

  constructor(options: CommitLogOptions) {
    this.#options = options;
    this.#firstKeys = options.firstKeys;
  }

  /** The numbers of a pack that are not committed, as far as is known. */
  missing(id: PackId): FlatRanges {
    return missingOf(this.#runs.packsOf(id.run), id);
  }

  /** The committed packs of a run. */
  packsOf(run: string): FlatRanges {
    return this.#runs.packsOf(run)?.toJSON() ?? [];
  }

  /** The prints of the newest committed packs of a run. */
  printsOf(run: string): RunPrints | undefined {
    return this.#prints.get(run);
  }

  /** The sequence up to which the packs of a stream are committed. */
  positionIn(stream: string): number {
    return this.#streams.get(stream) ?? 0;
  }

  /** The places of the committed static data of a store, or `undefined` if there is none. */
  staticsOf(storeId: StoreId): StoreStatics | undefined {
    return this.#statics.get(storeKey(storeId));
  }

  /** Reads all commits that were added since, the first time those after the last snapshot. */
  async catchUp(signal: AbortSignal): Promise<void> {
    for (;;) {
      const first = this.#isLoaded ? this.next : await this.#load(signal);
      // Most partitions are empty. A commit that was not listed yet conflicts with the first one of this writer.
      if (this.next === 1) return;
      while (await this.#readNext(signal)) {
        // Reads one after the other, because there are usually few.
      }
      if (await this.#isCurrent(first, signal)) return;
      this.#restart();
    }
  }

  /**
   * Appends a commit with the number {@link next}. Returns whether the commit is in the log now. If not, another commit
   * has the number, and was read, or the log was read too long ago: {@link catchUp} follows.
   */
  async append(commit: Commit, signal: AbortSignal): Promise<boolean> {
    const { store, dataset, partition } = this.#options;
    const number = this.next;
    const key = commitKey(dataset, partition, number);
    const isCreated = await createObject(store, key, encodeCommit(commit), { signal });
    const found = isCreated ? commit : await this.#read(number, signal);
    // Compaction may have folded the commit that was there.
    if (!(await this.#isCurrent(number, signal))) {
      this.#restart();
      return false;
    }
    if (found === undefined)
      throw new RerunError("NOT_FOUND", `${store.url} refuses to create ${key}, and does not have it`);
    this.#apply(found);
    // An earlier attempt of this commit may have arrived, although its response was lost.
    return found.owner === commit.owner;
  }

  /**
   * Whether no commit from a number on was folded. A writer that was frozen for long may create or read commits with
   * numbers that are free again, because theirs were deleted. They count for nothing.
   */
  async #isCurrent(from: number, signal: AbortSignal): Promise<boolean> {
    const { store, dataset, partition, snapshotEvery } = this.#options;
    // Commits are folded up to a snapshot, and the commit with its number stays.
    const boundary = (Math.floor(from / snapshotEvery) + 1) * snapshotEvery;
    try {
      await store.read(commitKey(dataset, partition, boundary), { offset: 0, length: 1, signal });
    } catch (error) {
      if (isNotFound(error)) return true;
      throw error;
    }
    let through = 0;
    for await (const { key } of store.list(commitCheckpointPrefix(dataset, partition), { signal }))
      through = Math.max(through, numberOfKey(key) ?? 0);
    return through < from;
  }

  #restart(): void {
    this.#isLoaded = false;
    this.#firstKeys = undefined;
  }

  /** Writes the snapshot that is due, if there is one. */
  async writeSnapshot(signal: AbortSignal): Promise<void> {
    const due = this.#dueSnapshot;
    if (due === undefined) return;
    const { store, dataset, partition } = this.#options;
    // An existing snapshot has the same content, because it follows from the commits.
    await store.create(snapshotKey(dataset, partition, due.number), due.bytes, { signal });
    if (this.#dueSnapshot === due) this.#dueSnapshot = undefined;
  }

  /** Reads the newest snapshot and the listed commits after it. Returns the number of the first of these. */
  async #load(signal: AbortSignal): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#readLists(this.#firstKeys, signal);
      } catch (error) {
        if (attempt === MAX_LOADS || !isNotFound(error)) throw error;
        // The lists are so old that compaction has deleted something in them: there are newer snapshots.
        this.#firstKeys = undefined;
      }
    }
  }

  async #readLists(firstKeys: FirstLogKeys | undefined, signal: AbortSignal): Promise<number> {
    const { store, dataset, partition } = this.#options;
    let newest: string | undefined;
    for await (const key of this.#keys(firstKeys?.snapshots, snapshotPrefix(dataset, partition), "", signal))
      if (numberOfKey(key) !== undefined) newest = key;
    this.#streams = new Map();
    this.#runs = new RunMemory();
    this.#prints = new Map();
    this.#statics = new Map();
    this.next = 1;
    if (newest !== undefined) {
      const snapshot = decodeSnapshot(await store.read(newest, { signal }), newest);
      const { through, streams, clock, runs, prints = {}, statics } = snapshot;
      this.#streams = new Map(Object.entries(streams));
      this.#runs = new RunMemory(clock, runs);
      this.#prints = new Map(Object.entries(prints).map(([run, flat]) => [run, new RunPrints(flat)]));
      this.#statics = new Map(Object.entries(statics));
      this.next = through + 1;
    }
    const first = this.next;
    await this.#readListed(signal, firstKeys);
    this.#isLoaded = true;
    return first;
  }

  /** Reads listed commits, several at a time. */
  async #readListed(signal: AbortSignal, firstKeys: FirstLogKeys | undefined): Promise<void> {
    const { store, dataset, partition } = this.#options;
    let keys: string[] = [];
    const readAll = async (): Promise<void> => {
      const commits = await Promise.all(keys.map(async (key) => decodeCommit(await store.read(key, { signal }), key)));
      for (const commit of commits) this.#apply(commit);
      keys = [];
    };
    const startAfter = commitKey(dataset, partition, this.next - 1);
    for await (const key of this.#keys(firstKeys?.commits, logPrefix(dataset, partition), startAfter, signal)) {
      // A list may be older than some of its objects, so commits after a gap are read one by one.
      if (numberOfKey(key) !== this.next + keys.length) break;
      if (keys.push(key) === READ_AHEAD) await readAll();
    }
    await readAll();
  }

  /** The keys below a prefix, from those that all partitions have listed together, or else listed here. */
  async *#keys(
    first: FirstKeys | undefined,
    prefix: string,
    startAfter: string,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    const known = await first?.below(prefix, signal);
    if (known !== undefined) yield* known.filter((key) => key > startAfter);
    else for await (const { key } of this.#options.store.list(prefix, { startAfter, signal })) yield key;
  }

  /** Reads the next commit. Returns whether there was one. */
  async #readNext(signal: AbortSignal): Promise<boolean> {
    const commit = await this.#read(this.next, signal);
    if (commit !== undefined) this.#apply(commit);
    return commit !== undefined;
  }

  /** Reads a commit. Resolves to `undefined` if it is not there. */
  async #read(number: number, signal: AbortSignal): Promise<Commit | undefined> {
    const { store, dataset, partition } = this.#options;
    const key = commitKey(dataset, partition, number);
    try {
      return decodeCommit(await store.read(key, { signal }), key);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #apply({ stream, last, parts, packs, prints = {}, time, runDays }: Commit): void {
    this.#runs.advance(time);
    for (const [run, added] of Object.entries(prints)) {
      const known = this.#prints.get(run);
      if (known === undefined) this.#prints.set(run, new RunPrints(added));
      else known.addAll(added);
      this.#recentRuns.add(run);
    }
    for (const [run, ranges] of Object.entries(packs)) this.#runs.add(run, ranges);
    for (const part of parts) this.#applyStatics(part, time);
    this.#streams.set(stream, Math.max(last, this.positionIn(stream)));
    this.newestRuns = Object.keys(packs);
    const number = this.next++;
    if (number % this.#options.snapshotEvery === 0) {
      // With a snapshot, so that an ingester that begins with it remembers the same.
      if (runDays !== undefined) this.#forget(runDays);
      this.#dueSnapshot = { number, bytes: encodeSnapshot(this.#snapshot(number)) };
    }
  }

  #applyStatics(part: CommittedPart, time: number | undefined): void {
    const { key, store, bytes, bundle, staticBytes, earlierStatics = 0 } = part;
    const name = storeKey(store);
    const before = this.#statics.get(name);
    const places: StaticPlace[] = before?.places.slice(0, earlierStatics) ?? [];
    if (staticBytes !== undefined) places.push({ key, bytes: staticBytes, bundle });
    const { day } = this.#runs;
    const newBytes = (before?.newBytes ?? 0) + bytes - (staticBytes ?? 0);
    if (places.length === 0) this.#statics.delete(name);
    else if (before === undefined || earlierStatics === 0)
      this.#statics.set(name, { places, newBytes: 0, repeatedAt: time, day });
    else this.#statics.set(name, { ...before, places, newBytes, day });
  }

  /**
   * Forgets recordings and runs without a commit for this many days. If a recording continues later, readers find its
   * static data in its earlier parts.
   */
  #forget(days: number): void {
    this.#runs.forget(days);
    for (const [key, { day }] of this.#statics) if (day < this.#runs.day - days) this.#statics.delete(key);
  }

  #snapshot(through: number): Snapshot {
    const sorted = <T>(map: ReadonlyMap<string, T>): Record<string, T> =>
      Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
    // Programs that have ended need no prints.
    for (const run of this.#prints.keys()) if (!this.#recentRuns.has(run)) this.#prints.delete(run);
    this.#recentRuns.clear();
    const [streams, statics] = [sorted(this.#streams), sorted(this.#statics)];
    const prints = sorted(new Map(Array.from(this.#prints, ([run, known]) => [run, known.toJSON()])));
    return { through, streams, ...this.#runs.toJSON(), prints, statics };
  }
}

function isNotFound(error: unknown): boolean {
  return isRerunError(error) && error.code === "NOT_FOUND";
}
