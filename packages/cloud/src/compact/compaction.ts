import { RerunError, isRerunError, type RerunErrorCode } from "@rerun-ts/core";
import { CountedParts, type CountedPart } from "../replacements/counted-parts.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { compactRecording, type CompactedParts } from "./compact-recording.ts";
import { deleteReplaced } from "./delete-replaced.ts";
import { Housekeeping } from "./housekeeping.ts";
import type { LeftOutPart, MergeParts } from "./merge-parts.ts";
import { planGroups, type GroupLimits } from "./plan-groups.ts";
import { storeTime } from "./store-time.ts";
import { sweepOrphans } from "./sweep-orphans.ts";

/** Errors of the store as a whole, or of this machine. */
const FATAL: ReadonlySet<RerunErrorCode> = new Set([
  "ABORTED",
  "AUTH",
  "CONNECTION",
  "IO_ERROR",
  "QUOTA",
  "UNSUPPORTED",
]);

/** The result of `compactParts`. */
export interface CompactReport {
  /** The replaced parts, by group. With `dryRun` the key of the new part is empty, and its size 0. */
  readonly compacted: readonly CompactedParts[];
  /** The deleted objects: parts replaced or removed long ago, and unfinished work of killed programs. */
  readonly deleted: { readonly objects: number; readonly bytes: number };
  /** Parts that stay unchanged: damaged ones, and parts whose types differ from those of most other parts. */
  readonly leftOut: readonly LeftOutPart[];
  /** Failed recordings. Others are not affected. */
  readonly failed: readonly { readonly recordingId: string; readonly error: RerunError }[];
  /** Remarks about missing objects. */
  readonly warnings: readonly string[];
}

/** Settings of a {@link Compaction}. */
export interface CompactionOptions {
  readonly dataset: string;
  readonly recordingIds: readonly string[] | undefined;
  readonly limits: GroupLimits;
  readonly merge: MergeParts;
  /** The age of a replacement from which on the replaced parts are deleted. */
  readonly deleteAfterMs: number;
  /** The age from which on parts that never counted are deleted. */
  readonly sweepAfterMs: number;
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
  readonly #compacted: CompactedParts[] = [];
  readonly #leftOut: LeftOutPart[] = [];
  readonly #failed: { readonly recordingId: string; readonly error: RerunError }[] = [];

  constructor(store: ObjectStore, options: CompactionOptions) {
    this.#store = store;
    this.#options = options;
    this.#work = new Housekeeping(store, options.dryRun, (key) => options.onDeleted?.(key));
  }

  async run(): Promise<CompactReport> {
    const { dataset, recordingIds, signal } = this.#options;
    const now = (await storeTime(this.#store, dataset, signal)).getTime();
    const parts = new CountedParts(this.#store, dataset);
    for (const id of recordingIds ?? [undefined]) await this.#compact(parts, id, now);
    const { objects, bytes, warnings } = this.#work;
    const deleted = { objects, bytes };
    return { compacted: this.#compacted, deleted, leftOut: this.#leftOut, failed: this.#failed, warnings };
  }

  /** Does everything for one recording, or for all. */
  async #compact(parts: CountedParts, recordingId: string | undefined, now: number): Promise<void> {
    const { dataset, limits, deleteAfterMs, sweepAfterMs, signal } = this.#options;
    const { counted, replaced, unclear } = await parts.list(recordingId, signal);
    for (const [id, error] of unclear) this.#failed.push({ recordingId: id, error });
    if (counted.length + replaced.length + unclear.size === 0) {
      const what = recordingId === undefined ? "the dataset" : `the recording ${recordingId} in the dataset`;
      this.#work.warn(`${this.#store.url} has no parts of ${what} ${dataset}`);
    }
    const common = { store: this.#store, dataset, recordingId, parts, unclear, work: this.#work, signal };
    // Only what earlier calls have replaced: readers may have opened the rest just now.
    await deleteReplaced({ ...common, replaced, before: now - deleteAfterMs });
    await sweepOrphans({ ...common, counted: counted.length, before: now - sweepAfterMs });
    const recordings = new Map<string, CountedPart[]>();
    for (const part of counted) {
      const known = recordings.get(part.recordingId);
      if (known === undefined) recordings.set(part.recordingId, [part]);
      else known.push(part);
    }
    for (const [id, own] of recordings) {
      const groups = planGroups(own, limits);
      if (groups.length > 0) await this.#compactOne(parts, id, groups);
    }
  }

  async #compactOne(
    parts: CountedParts,
    recordingId: string,
    groups: readonly (readonly CountedPart[])[],
  ): Promise<void> {
    const { dataset, limits, merge, dryRun, onCompacted, signal } = this.#options;
    if (dryRun) {
      for (const group of groups) this.#compacted.push(planned(recordingId, group));
      return;
    }
    try {
      const leftOut = await compactRecording({
        store: this.#store,
        dataset,
        recordingId,
        parts,
        limits,
        merge,
        onCompacted: (group) => {
          this.#compacted.push(group);
          onCompacted?.(group);
        },
        signal,
      });
      this.#leftOut.push(...leftOut);
    } catch (error) {
      const failure = RerunError.from(error);
      if (signal?.aborted === true || (isRerunError(failure) && FATAL.has(failure.code))) throw failure;
      this.#failed.push({ recordingId, error: failure });
    }
  }
}

function planned(recordingId: string, group: readonly CountedPart[]): CompactedParts {
  const replacedBytes = group.reduce((sum, { size }) => sum + size, 0);
  return { recordingId, key: "", bytes: 0, replaced: group.map(({ key }) => key), replacedBytes };
}
