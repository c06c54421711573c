import { isRerunError } from "@rerun-ts/core";
import { BundleIndex } from "../commits/bundle-index.ts";
import { CommittedParts } from "../commits/committed-parts.ts";
import { datasetPrefix, logLayoutPrefix, logPartPrefix, parseLogPartKey } from "../commits/log-keys.ts";
import { directPrefix, layoutPrefix, parsePartKey } from "../parts/part-key.ts";
import type { PlacedPart } from "../parts/read-part.ts";
import type { CountedPart } from "../replacements/counted-parts.ts";
import { ListedLog } from "../replacements/listed-log.ts";
import { madePartPrefix, parseMadePartKey, replacementPrefix } from "../replacements/replacement-keys.ts";
import { ReplacementLog } from "../replacements/replacement-log.ts";
import { InParallel } from "../store/in-parallel.ts";
import { unescapeId } from "../store/keys.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import { MAX_LISTED, type Amount, type BucketStatus, type NewestRecording } from "./fleet-report.ts";
import { Producers } from "./producers.ts";
import { RecordingCursor } from "../replacements/recording-cursor.ts";

const [HOUR_MS, DAY_MS] = [3_600_000, 24 * 3_600_000];
const PARALLEL_READS = 128;

/** Receives each part of a dataset. */
export interface PartVisitor {
  /** A part that counts. If it was replaced, `replaced.at` is the time, or `undefined` if the time is unknown. */
  visit(part: CountedPart, replaced: { readonly at: Date | undefined } | undefined): void;
}

/** Settings of {@link surveyBucket}. */
export interface BucketSurveyOptions {
  readonly store: Pick<ObjectStore, "list" | "read">;
  readonly dataset: string;
  /** The time of the store. */
  readonly now: Date;
  readonly visitor: PartVisitor | undefined;
  readonly onProgress: () => void;
}

/**
 * Counts what a bucket has of a dataset. It reads the lists of all kinds of parts side by side, one recording after the
 * other, so that memory depends on the largest number of replacements of a recording, and not on the number of parts.
 */
export async function surveyBucket(options: BucketSurveyOptions): Promise<BucketStatus> {
  return new BucketSurvey(options).run();
}

class BucketSurvey {
  readonly #options: BucketSurveyOptions;
  readonly #producers = new Producers();
  readonly #parts = {
    direct: nothing(),
    log: nothing(),
    compacted: nothing(),
    waitingForDeletion: nothing(),
    uncounted: nothing(),
  };
  readonly #growth = { lastHourBytes: 0, lastDayBytes: 0 };
  readonly #unclear: { recordingId: string; reason: string }[] = [];
  readonly #reading = new InParallel(PARALLEL_READS);
  #recordings = 0;
  #newest: { readonly id: string; readonly time: Date } | undefined;

  constructor(options: BucketSurveyOptions) {
    this.#options = options;
  }

  async run(): Promise<BucketStatus> {
    await this.#surveyRecordings();
    const newest: NewestRecording | null =
      this.#newest === undefined ? null : { id: this.#newest.id, lastPart: this.#newest.time.toISOString() };
    return {
      producers: this.#producers.newestFirst(),
      recordings: { count: this.#recordings, newest },
      parts: this.#parts,
      growth: this.#growth,
      layouts: await this.#surveyLayouts(),
      damaged: { setAside: await this.#surveySetAside(), found: null, unreadable: null, records: null },
      unclear: this.#unclear,
    };
  }

  async #surveyRecordings(): Promise<void> {
    const { dataset } = this.#options;
    const prefixes = [
      replacementPrefix(dataset),
      directPrefix(dataset),
      logPartPrefix(dataset),
      madePartPrefix(dataset),
    ];
    const committed = new CommittedParts(this.#options.store, dataset);
    const bundled = await BundleIndex.read(committed.listBundled());
    for (const { size } of committed.bundles.unnamed) add(this.#parts.uncounted, size);
    const cursors = await Promise.all(prefixes.map((prefix) => RecordingCursor.open(prefix, () => this.#list(prefix))));
    const [replacements, ...parts] = cursors as [RecordingCursor, ...RecordingCursor[]];
    try {
      for (let nextBundled = 0; ;) {
        const folders = [
          ...cursors.flatMap(({ folder }) => folder ?? []),
          ...bundled.folders.slice(nextBundled, nextBundled + 1),
        ].sort();
        const [folder] = folders;
        if (folder === undefined) return;
        const id = unescapeId(folder.slice(0, -1));
        const bundledHere = bundled.in(folder);
        if (bundledHere.length > 0) nextBundled++;
        const hasParts = bundledHere.length > 0 || parts.some((cursor) => cursor.folder === folder);
        const problem = id === undefined || !hasParts ? undefined : committed.bundles.problemOf(id);
        if (id !== undefined && problem !== undefined) this.#unclear.push({ recordingId: id, reason: problem.message });
        const log = await this.#readReplacements(replacements, folder, hasParts ? id : undefined);
        for (const cursor of parts) for await (const object of cursor.of(folder)) this.#add(object, id, log);
        for (const part of bundledHere) this.#add(part, id, log);
        if (hasParts) this.#endRecording(id);
      }
    } finally {
      await Promise.all(cursors.map((cursor) => cursor.close()));
    }
  }

  /** Reads the replacements of a recording. Without an id they are passed over: nothing of the recording is there. */
  async #readReplacements(
    cursor: RecordingCursor,
    folder: string,
    id: string | undefined,
  ): Promise<ReplacementLog | undefined> {
    const listed = new ListedLog();
    for await (const object of cursor.of(folder)) listed.add(object);
    if (id === undefined || listed.isEmpty) return undefined;
    const log = new ReplacementLog(this.#options.store, this.#options.dataset, id);
    try {
      await log.read(listed, this.#reading, undefined);
    } catch (error) {
      if (!isRerunError(error) || (error.code !== "INVALID_FORMAT" && error.code !== "NOT_FOUND")) throw error;
      this.#unclear.push({ recordingId: id, reason: error.message });
    }
    return log;
  }

  #counted = 0;
  #lastOfRecording: Date | undefined;

  #add(object: ObjectInfo & PlacedPart, id: string | undefined, log: ReplacementLog | undefined): void {
    this.#options.onProgress();
    const { key, size, modified } = object;
    const direct = parsePartKey(key);
    const fromLog = direct === undefined ? parseLogPartKey(this.#options.dataset, key) : undefined;
    const made = direct === undefined && fromLog === undefined ? parseMadePartKey(key) : undefined;
    const layer = (direct ?? fromLog ?? made)?.layer;
    const isRemoved = log?.isRemoved(key) === true;
    const isUncounted = made !== undefined && log?.made.has(key) !== true && !isRemoved;
    if (id === undefined || layer === undefined || isUncounted) return add(this.#parts.uncounted, size);
    if (made === undefined) this.#grow(size, modified);
    const { bundle } = object;
    const part = { key, size, recordingId: id, layer, modified, bundle };
    if (isRemoved) {
      add(this.#parts.waitingForDeletion, size);
      this.#options.visitor?.visit(part, { at: log?.removedAt(key) });
      return;
    }
    if (direct !== undefined) this.#producers.add(object);
    add(this.#parts[direct !== undefined ? "direct" : fromLog !== undefined ? "log" : "compacted"], size);
    this.#options.visitor?.visit(part, undefined);
    this.#counted++;
    const newest = log?.made.get(key)?.newest;
    const time = newest === undefined ? modified : new Date(newest);
    if (time !== undefined && time > (this.#lastOfRecording ?? 0)) this.#lastOfRecording = time;
  }

  #endRecording(id: string | undefined): void {
    if (this.#counted > 0 && id !== undefined) this.#recordings++;
    const time = this.#lastOfRecording;
    if (id !== undefined && time !== undefined && time >= (this.#newest?.time ?? 0)) this.#newest = { id, time };
    [this.#counted, this.#lastOfRecording] = [0, undefined];
  }

  #grow(size: number, modified: Date | undefined): void {
    const ageMs = modified === undefined ? Infinity : this.#options.now.getTime() - modified.getTime();
    if (ageMs <= HOUR_MS) this.#growth.lastHourBytes += size;
    if (ageMs <= DAY_MS) this.#growth.lastDayBytes += size;
  }

  async #surveyLayouts(): Promise<BucketStatus["layouts"]> {
    const { dataset } = this.#options;
    let [count, newest] = [0, undefined as Date | undefined];
    for (const prefix of [layoutPrefix(dataset), logLayoutPrefix(dataset)])
      for await (const { key, modified } of this.#list(prefix)) {
        if (!key.endsWith(".rbl")) continue;
        count++;
        if (modified !== undefined && modified > (newest ?? 0)) newest = modified;
      }
    return { count, newest: newest?.toISOString() ?? null };
  }

  async #surveySetAside(): Promise<BucketStatus["damaged"]["setAside"]> {
    const amount = nothing();
    const keys: string[] = [];
    for await (const { key, size } of this.#list(`${datasetPrefix(this.#options.dataset)}damaged/`)) {
      add(amount, size);
      if (keys.length < MAX_LISTED) keys.push(key);
    }
    return { ...amount, keys };
  }

  #list(prefix: string): AsyncIterable<ObjectInfo> {
    return this.#options.store.list(prefix);
  }
}

function nothing(): Amount {
  return { count: 0, bytes: 0 };
}

function add(amount: Amount, bytes: number): void {
  amount.count++;
  amount.bytes += bytes;
}
