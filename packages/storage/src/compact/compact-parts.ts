import { tmpdir } from "node:os";
import { checkOptions, invalidArgument, nonNegative, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { SNAPSHOT_EVERY } from "../commits/log-keys.ts";
import { checkPartBytes } from "../parts/check-part-bytes.ts";
import { checkDataset } from "../parts/part-key.ts";
import { checkObjectStore } from "../store/check-store.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { checkRecordingIds } from "./check-recording-ids.ts";
import type { CompactedParts } from "./compact-recording.ts";
import { Compaction, type CompactionOptions, type CompactReport } from "./compaction.ts";
import { mergeInFiles } from "./merge-parts.ts";
import { checkShare, type Share } from "./share.ts";

const MAX_BYTES = 1e9;
const MIN_PARTS = 4;
const CONCURRENCY = 4;
const FOLD_AFTER_COUNT = 16;
const DAY_SECONDS = 24 * 3600;
const METHODS = ["create", "head", "read", "list", "delete"] as const;

/** Options of {@link compactParts}. */
export interface CompactOptions {
  /** The dataset of the recordings. */
  dataset: string;
  /** The ids of the recordings. Default: all. */
  recordingIds?: readonly string[] | undefined;
  /**
   * A share of the recordings, such as `{ index: 2, count: 8 }`, so that several processes divide the work. Any number
   * of processes may run at the same time, also with different shares. Default: all recordings.
   */
  share?: Share | undefined;
  /** The most recordings to work on at a time. Default 4. */
  concurrency?: number | undefined;
  /**
   * The maximum size of a compacted part, in bytes. Parts above half of it stay unchanged. The temporary folder needs
   * four times as much, or with `concurrency: 1` twice. At most 5 GB. Default 1 GB.
   */
  maxBytes?: number | undefined;
  /** The least number of parts that become one. Default 4. */
  minParts?: number | undefined;
  /**
   * The time after which the next call deletes replaced and removed parts. It must exceed the time for which readers
   * have a recording open. Default a day.
   */
  deleteAfterSeconds?: number | undefined;
  /** The folder for temporary files. Default: the system's folder. */
  temporaryFolder?: string | undefined;
  /** Whether nothing is changed, and only the result is of interest. Default `false`. */
  dryRun?: boolean | undefined;
  /** Called for each compacted group of parts, or with `dryRun` for each planned one. Default: none. */
  onCompacted?: ((group: CompactedParts) => void) | undefined;
  /** Called with the key of each deleted object. Default: none. */
  onDeleted?: ((key: string) => void) | undefined;
  /** Aborts the call. Default: none. */
  signal?: AbortSignal | undefined;
}

const KNOWN: OptionNames<CompactOptions> = {
  dataset: 1,
  recordingIds: 1,
  share: 1,
  concurrency: 1,
  maxBytes: 1,
  minParts: 1,
  deleteAfterSeconds: 1,
  temporaryFolder: 1,
  dryRun: "boolean",
  onCompacted: "function",
  onDeleted: "function",
  signal: 1,
};

/**
 * Merges the small parts of recordings, and deletes parts replaced a day ago. It may run at any time, be killed, and
 * run several times at the same time: each row counts once at any time. The next call with the same share goes on
 * where a killed one has ended. `openParts` and catalogs read a merged part as soon as it is complete.
 *
 * @throws {TypeError} if an argument is wrong
 * @throws {RerunError} `UNSUPPORTED` if the store has no times of objects, `IO_ERROR` if the temporary
 * folder cannot be used, and the errors of the store
 *
 * @example
 * const { compacted } = await compactParts(store, { dataset: "fleet" });
 */
export function compactParts(store: ObjectStore, options: CompactOptions): Promise<CompactReport> {
  return withRerunErrors(async () => new Compaction(store, compactionOptions(store, options)).run());
}

function compactionOptions(store: ObjectStore, options: CompactOptions): CompactionOptions {
  checkObjectStore("store", store, METHODS);
  checkOptions("compactParts", options, KNOWN);
  const { dataset, dryRun = false, onCompacted, onDeleted, signal } = options ?? {};
  const { maxBytes = MAX_BYTES, minParts = MIN_PARTS, deleteAfterSeconds = DAY_SECONDS } = options ?? {};
  const { temporaryFolder = tmpdir() } = options ?? {};
  const { concurrency = CONCURRENCY } = options ?? {};
  checkDataset(dataset);
  const recordingIds = checkRecordingIds(options.recordingIds);
  const share = checkShare(options.share);
  if (recordingIds !== undefined && options.share !== undefined)
    throw invalidArgument("share", "absent if there are `recordingIds`", options.share);
  if (!Number.isSafeInteger(concurrency) || concurrency < 1 || concurrency > 64)
    throw invalidArgument("concurrency", "an integer from 1 to 64", concurrency);
  nonNegative("deleteAfterSeconds", deleteAfterSeconds);
  if (!(maxBytes > 0)) throw invalidArgument("maxBytes", "a positive number of bytes", maxBytes);
  checkPartBytes("maxBytes", maxBytes);
  if (!Number.isSafeInteger(minParts) || minParts < 2)
    throw invalidArgument("minParts", "an integer of at least 2", minParts);
  if (typeof temporaryFolder !== "string" || temporaryFolder === "")
    throw invalidArgument("temporaryFolder", "the path of a folder", temporaryFolder);
  return {
    dataset,
    recordingIds,
    share,
    concurrency,
    limits: { maxBytes, minParts },
    merge: mergeInFiles(store, temporaryFolder),
    deleteAfterMs: 1000 * deleteAfterSeconds,
    sweepAfterMs: 1000 * DAY_SECONDS,
    foldAfterCount: FOLD_AFTER_COUNT,
    snapshotEvery: SNAPSHOT_EVERY,
    dryRun,
    onCompacted,
    onDeleted,
    signal,
  };
}
