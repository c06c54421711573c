import { checkOptions, invalidArgument, nonNegative, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { BundleIndex } from "../commits/bundle-index.ts";
import { CommittedParts } from "../commits/committed-parts.ts";
import { checkDataset } from "../parts/part-key.ts";
import { CountedParts, type CountedPart, type RecordingObjects } from "../replacements/counted-parts.ts";
import { checkObjectStore } from "../store/check-store.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { ByteTotals } from "./byte-totals.ts";
import { checkRecordingIds } from "./check-recording-ids.ts";
import { MAX_COMMITS, MAX_OBJECTS } from "./memory-limits.ts";
import { planRemoval, RemovalLimit, unitsOf, type RemovedParts } from "./plan-removal.ts";
import { RecordingFailures, type FailedRecording } from "./recording-failures.ts";
import { removeParts, type ReadStatics } from "./remove-parts.ts";
import { checkShare, isInShare, WHOLE, type Share } from "./share.ts";
import { storeTime } from "./store-time.ts";
import { listRecording, walkRecordings } from "./walk-recordings.ts";
import { WorkCrew } from "./work-crew.ts";

const DAY_MS = 24 * 3_600_000;
/** The age below which data is never removed, because its catalog may not know it yet. */
const MIN_AGE_MS = 3_600_000;
const PARALLEL_RECORDINGS = 4;

/** Options of {@link removeOldParts}. */
export interface RemoveOldPartsOptions {
  /** The dataset of the recordings. */
  dataset: string;
  /** The ids of the recordings. Default: all. */
  recordingIds?: readonly string[] | undefined;
  /**
   * A share of the recordings, as in `compactParts`. `keepBytes` is a limit of the whole dataset in any case, and the
   * first share removes the rest for all. Default: all recordings.
   */
  share?: Share | undefined;
  /** Data of this age in days is removed, by the time of the store. Default: none. */
  keepDays?: number | undefined;
  /** The most bytes of these recordings: the oldest are removed. Default: no limit. */
  keepBytes?: number | undefined;
  /**
   * Whether whole recordings are removed, or single parts. Default `"recording"`. A recording is as old as its newest
   * part. After the removal of single parts, static data that no other part has is in a part of its own.
   */
  unit?: "recording" | "part" | undefined;
  /** Whether nothing is removed, and only the result is of interest. Default `false`. */
  dryRun?: boolean | undefined;
  /** Called for each recording with removed parts. Default: none. */
  onRemoved?: ((removed: RemovedParts) => void) | undefined;
  /** Aborts the call. Default: none. */
  signal?: AbortSignal | undefined;
}

/** The result of {@link removeOldParts}. */
export interface RemovalReport {
  /** The number of recordings with removed parts. */
  readonly recordings: number;
  /** The number of removed parts. */
  readonly parts: number;
  /** The number of their bytes. */
  readonly bytes: number;
  /** Failed recordings, which stay as they are. Others are not affected. */
  readonly failed: readonly FailedRecording[];
}

const KNOWN: OptionNames<RemoveOldPartsOptions> = {
  dataset: 1,
  recordingIds: 1,
  share: 1,
  keepDays: 1,
  keepBytes: 1,
  unit: 1,
  dryRun: "boolean",
  onRemoved: "function",
  signal: 1,
};

/**
 * Removes old data from a dataset: it does not count any more, neither for `openParts` nor in catalogs. `compactParts`
 * deletes its objects a day later. Data of the last hour stays in any case, and so do recordings with a damaged record:
 * `compactParts` reports them.
 *
 * @throws {TypeError} if an argument is wrong
 * @throws {RerunError} `UNSUPPORTED` if the store has no times of objects, and the errors of the store
 *
 * @example
 * await removeOldParts(store, { dataset: "fleet", keepDays: 90 });
 */
export function removeOldParts(store: ObjectStore, options: RemoveOldPartsOptions): Promise<RemovalReport> {
  const staticsOf: ReadStatics = async (parts, others, signal) => {
    const { readStatics } = await import("../reading/static-rrd.ts");
    return readStatics(store, parts, others, signal);
  };
  return removeOldPartsWith(store, options, staticsOf);
}

/** As {@link removeOldParts}, with a function that reads static data. */
export function removeOldPartsWith(
  store: ObjectStore,
  options: RemoveOldPartsOptions,
  staticsOf: ReadStatics,
): Promise<RemovalReport> {
  return withRerunErrors(async () => {
    checkObjectStore("store", store, ["create", "head", "read", "list", "delete"]);
    return new Removal(store, settingsOf(options), staticsOf).run();
  });
}

interface RemovalSettings {
  readonly dataset: string;
  readonly recordingIds: readonly string[] | undefined;
  readonly share: Readonly<Share>;
  readonly keepDays: number;
  readonly keepBytes: number;
  readonly unit: "recording" | "part";
  readonly dryRun: boolean;
  readonly onRemoved: ((removed: RemovedParts) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** One call of `removeOldParts`. */
class Removal {
  readonly #store: ObjectStore;
  readonly #settings: RemovalSettings;
  readonly #staticsOf: ReadStatics;
  readonly #committed: CommittedParts;
  readonly #removed = { recordings: 0, parts: 0, bytes: 0 };
  readonly #failures = new RecordingFailures();

  constructor(store: ObjectStore, settings: RemovalSettings, staticsOf: ReadStatics) {
    this.#store = store;
    this.#settings = settings;
    this.#staticsOf = staticsOf;
    this.#committed = new CommittedParts(store, settings.dataset, MAX_COMMITS);
  }

  async run(): Promise<RemovalReport> {
    const { dataset, recordingIds, share, keepDays, keepBytes, signal } = this.#settings;
    if (recordingIds === undefined)
      this.#committed.bundleIndex = await BundleIndex.read(this.#committed.listBundled(undefined, signal), (folder) =>
        isInShare(folder, share),
      );
    if (keepDays !== Infinity || keepBytes !== Infinity) {
      const now = (await storeTime(this.#store, dataset, signal)).getTime();
      const limit = await this.#limit(now);
      await this.#forEach((recordingId, counted) => this.#remove(recordingId, counted, limit, now));
    }
    return { ...this.#removed, failed: this.#failures.failed };
  }

  async #limit(now: number): Promise<RemovalLimit> {
    const { keepDays, keepBytes, unit } = this.#settings;
    // Data that is just as old as it must be may go.
    const youngest = now - MIN_AGE_MS + 1;
    const before = Math.min(youngest, now - keepDays * DAY_MS);
    if (keepBytes === Infinity) return new RemovalLimit(before);
    const totals = new ByteTotals(keepBytes, youngest);
    await this.#forEach((_, counted) => {
      for (const each of unitsOf(counted, unit)) totals.add(each);
    });
    if (!totals.end()) return new RemovalLimit(before);
    await this.#forEach((_, counted) => {
      for (const each of unitsOf(counted, unit)) totals.addAgain(each);
    });
    return totals.limit(before);
  }

  async #remove(recordingId: string, counted: readonly CountedPart[], limit: RemovalLimit, now: number): Promise<void> {
    const { dataset, unit, dryRun, onRemoved, signal } = this.#settings;
    if (!unitsOf(counted, unit).some((each) => limit.mayTake(each))) return;
    try {
      const parts = new CountedParts(this.#store, dataset, this.#committed);
      // Something may have arrived since.
      const own = dryRun ? counted : await parts.listOne(recordingId, signal);
      const group = planRemoval(recordingId, own, unit, limit);
      if (group === undefined) return;
      const removal = { dataset, parts, group, own: group.isWhole ? [] : own, now, staticsOf: this.#staticsOf, signal };
      if (!dryRun && !(await removeParts(this.#store, removal))) return;
      this.#removed.recordings++;
      this.#removed.parts += group.keys.length;
      this.#removed.bytes += group.bytes;
      onRemoved?.(group);
      this.#failures.succeed();
    } catch (error) {
      this.#failures.fail(recordingId, error, signal);
    }
  }

  /** Calls a function for each recording, with its parts that count. */
  async #forEach(work: (recordingId: string, counted: readonly CountedPart[]) => Promise<void> | void): Promise<void> {
    const { dataset, recordingIds, share, signal } = this.#settings;
    const bundles = this.#committed.bundleIndex;
    const crew = new WorkCrew(PARALLEL_RECORDINGS, MAX_OBJECTS);
    const start = (objects: RecordingObjects): Promise<void> => {
      const { uploaded, committed, bundled, made } = objects;
      const count = uploaded.length + committed.length + bundled.length + made.length;
      if (count === 0) return Promise.resolve();
      return crew.start(count, async () => {
        const parts = new CountedParts(this.#store, dataset, this.#committed);
        const { counted, unclear } = await parts.count(objects, signal);
        if (unclear.size === 0) await work(objects.recordingId, counted);
      });
    };
    try {
      if (recordingIds === undefined)
        for await (const objects of walkRecordings({ store: this.#store, dataset, share, bundles, signal }))
          await start(objects);
      else
        for (const id of recordingIds)
          await start(await listRecording(this.#store, dataset, id, this.#committed, signal));
    } finally {
      await crew.end();
    }
  }
}

function settingsOf(options: RemoveOldPartsOptions): RemovalSettings {
  checkOptions("removeOldParts", options, KNOWN);
  const dataset = checkDataset(options?.dataset);
  const { keepDays = Infinity, keepBytes = Infinity, unit = "recording" } = options;
  const { dryRun = false, onRemoved, signal } = options;
  if (unit !== "recording" && unit !== "part") throw invalidArgument("unit", '"recording" or "part"', unit);
  if (keepDays === Infinity && keepBytes === Infinity)
    throw invalidArgument("keepDays", "a number of days unless `keepBytes` is set", options.keepDays);
  if (keepDays !== Infinity) nonNegative("keepDays", keepDays);
  if (keepBytes !== Infinity) nonNegative("keepBytes", keepBytes);
  const recordingIds = checkRecordingIds(options.recordingIds);
  const share = checkShare(options.share);
  if (recordingIds !== undefined && options.share !== undefined)
    throw invalidArgument("share", "absent if there are `recordingIds`", options.share);
  const common = { dataset, recordingIds, keepDays, unit, dryRun, onRemoved, signal };
  // The size of the whole dataset is looked after by one share.
  if (keepBytes === Infinity || share.count === 1) return { ...common, share, keepBytes };
  return share.index === 1 ? { ...common, share: WHOLE, keepBytes } : { ...common, share, keepBytes: Infinity };
}
