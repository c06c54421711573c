import { checkOptions, invalidArgument, nonNegative, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { checkDataset } from "../parts/part-key.ts";
import { CountedParts, type CountedPart } from "../replacements/counted-parts.ts";
import { checkStore } from "../store/check-store.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { checkRecordingIds } from "./check-recording-ids.ts";
import { planRemoval, type RemovedParts, type RetentionLimits } from "./plan-removal.ts";
import { removeParts, type ReadStatics } from "./remove-parts.ts";
import { storeTime } from "./store-time.ts";

/** Options of {@link removeOldParts}. */
export interface RemoveOldPartsOptions {
  /** The dataset of the recordings. */
  dataset: string;
  /** The ids of the recordings. Default: all. */
  recordingIds?: readonly string[] | undefined;
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
  /** Aborts the call. Default: none. */
  signal?: AbortSignal | undefined;
}

const KNOWN: OptionNames<RemoveOldPartsOptions> = {
  dataset: 1,
  recordingIds: 1,
  keepDays: 1,
  keepBytes: 1,
  unit: 1,
  dryRun: "boolean",
  signal: 1,
};

/**
 * Removes old data from a dataset: it does not count any more, neither for `openParts` nor in catalogs. `compactParts`
 * deletes its objects a day later. Data of the last hour stays in any case, and so do recordings of which it is unclear
 * which parts count: `compactParts` reports them. Resolves to the removed parts.
 *
 * @throws {TypeError} if an argument is wrong
 * @throws {RerunError} `UNSUPPORTED` if the store has no times of objects, and the errors of the store
 *
 * @example
 * await removeOldParts(store, { dataset: "fleet", keepDays: 90 });
 */
export function removeOldParts(store: ObjectStore, options: RemoveOldPartsOptions): Promise<readonly RemovedParts[]> {
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
): Promise<readonly RemovedParts[]> {
  return withRerunErrors(async () => {
    checkStore("store", store, ["create", "head", "read", "list", "delete"]);
    const limits = limitsOf(options);
    const { dataset, dryRun = false, signal } = options;
    const recordingIds = checkRecordingIds(options.recordingIds);
    const now = (await storeTime(store, dataset, signal)).getTime();
    const parts = new CountedParts(store, dataset);
    const counted: CountedPart[] = [];
    for (const id of recordingIds ?? [undefined]) counted.push(...(await parts.list(id, signal)).counted);
    const removed: RemovedParts[] = [];
    for (const group of planRemoval(counted, limits, now)) {
      const own = group.isWhole ? [] : counted.filter(({ recordingId }) => recordingId === group.recordingId);
      const removal = { dataset, parts, group, own, now, staticsOf, signal };
      if (dryRun || (await removeParts(store, removal))) removed.push(group);
    }
    return removed;
  });
}

function limitsOf(options: RemoveOldPartsOptions): RetentionLimits {
  checkOptions("removeOldParts", options, KNOWN);
  checkDataset(options?.dataset);
  const { keepDays = Infinity, keepBytes = Infinity, unit = "recording" } = options;
  if (unit !== "recording" && unit !== "part") throw invalidArgument("unit", '"recording" or "part"', unit);
  if (keepDays === Infinity && keepBytes === Infinity)
    throw invalidArgument("keepDays", "a number of days, or `keepBytes` must be given", options.keepDays);
  if (keepDays !== Infinity) nonNegative("keepDays", keepDays);
  if (keepBytes !== Infinity) nonNegative("keepBytes", keepBytes);
  return { keepDays, keepBytes, unit };
}
