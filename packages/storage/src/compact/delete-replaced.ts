import type { CountedPart, CountedParts } from "../replacements/counted-parts.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import type { Housekeeping } from "./housekeeping.ts";

/** Settings of {@link deleteReplaced}. */
export interface DeleteReplacedOptions {
  readonly store: ObjectStore;
  readonly recordingId: string;
  readonly parts: CountedParts;
  /** The parts that do not count any more, of the last list. */
  readonly replaced: readonly CountedPart[];
  /** The listed parts that were made of others. */
  readonly made: readonly ObjectInfo[];
  /** A time of the store, in milliseconds. Newer replacements are left alone. */
  readonly before: number;
  readonly work: Housekeeping;
  readonly signal: AbortSignal | undefined;
}

/** Deletes the objects of parts that were replaced or removed before a time. Open readers may need the others. */
export async function deleteReplaced(options: DeleteReplacedOptions): Promise<void> {
  const { recordingId, parts, replaced, made, before, work, signal } = options;
  const log = parts.logOf(recordingId);
  const isDue = ({ key }: { readonly key: string }): boolean => (log.removedAt(key)?.getTime() ?? Infinity) <= before;
  // The objects of others have parts of other recordings.
  const single = replaced.filter(({ bundle }) => bundle === undefined);
  const due = [...single.filter(isDue), ...made.filter(isDue)];
  if (due.length > 0 && (await areThere(options))) await work.deleteAll(due, signal);
}

/** Whether the parts that replace others are there: otherwise these are all that there is of their data. */
export async function areThere({
  store,
  recordingId,
  parts,
  work,
  signal,
}: Pick<DeleteReplacedOptions, "store" | "recordingId" | "parts" | "work" | "signal">): Promise<boolean> {
  const { made } = parts.logOf(recordingId);
  for (const { key, bytes } of made.values()) {
    const found = await store.head(key, { signal });
    if (found?.size === bytes) continue;
    const unclear = await parts.readReplacements(recordingId, signal);
    // Another compactor may have replaced it since.
    if (unclear.has(recordingId) || !made.has(key)) return false;
    const state = found === undefined ? "is missing" : `has ${found.size} instead of ${bytes} bytes`;
    work.warn(`${store.url}/${key} ${state}: nothing of its recording is deleted`);
    return false;
  }
  return true;
}
