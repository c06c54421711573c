import type { CountedPart, CountedParts } from "../replacements/counted-parts.ts";
import { madePartPrefix, parseMadePartKey } from "../replacements/replacement-keys.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { Housekeeping } from "./housekeeping.ts";

/** Settings of {@link deleteReplaced}. */
export interface DeleteReplacedOptions {
  readonly store: ObjectStore;
  readonly dataset: string;
  readonly recordingId: string | undefined;
  readonly parts: CountedParts;
  /** The recordings of which nothing may be deleted, as it is unclear which parts count. */
  readonly unclear: ReadonlyMap<string, unknown>;
  /** The parts that do not count any more, of the last list. */
  readonly replaced: readonly CountedPart[];
  /** The time of the store from which on replacements are too new. */
  readonly before: number;
  readonly work: Housekeeping;
  readonly signal: AbortSignal | undefined;
}

/** Deletes the objects of parts that were replaced or removed before a time. Open readers may need the others. */
export async function deleteReplaced(options: DeleteReplacedOptions): Promise<void> {
  const { store, dataset, recordingId, parts, unclear, replaced, work, signal } = options;
  const listed = replaced.map(({ key, size, recordingId: id }) => ({ key, size, id }));
  for await (const { key, size } of store.list(madePartPrefix(dataset, recordingId), { signal })) {
    const made = parseMadePartKey(key);
    if (made !== undefined && !unclear.has(made.recordingId)) listed.push({ key, size, id: made.recordingId });
  }
  const checked = new Map<string, Promise<boolean>>();
  for (const { key, size, id } of listed) {
    const log = parts.logs.get(id);
    const number = log?.removed.get(key);
    const time = number === undefined ? undefined : log?.timeOf(number);
    if (time === undefined || time.getTime() > options.before) continue;
    let isSafe = checked.get(id);
    if (isSafe === undefined) checked.set(id, (isSafe = areThere(options, id)));
    if (await isSafe) await work.delete(key, size, signal);
  }
}

/** Whether the parts that replace others are there: otherwise these are all that there is of their data. */
async function areThere({ store, parts, work, signal }: DeleteReplacedOptions, recordingId: string): Promise<boolean> {
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
