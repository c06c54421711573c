import { uploadPart } from "../parts/part-store.ts";
import type { StaticRrd } from "../reading/static-rrd.ts";
import type { CountedPart, CountedParts } from "../replacements/counted-parts.ts";
import type { MadePart } from "../replacements/replacement.ts";
import { madePartKey } from "../replacements/replacement-keys.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { RemovedParts } from "./plan-removal.ts";
import { randomId } from "@rerun-ts/core/util";

/** Reads the static data of parts that other parts do not have. */
export type ReadStatics = (
  parts: readonly CountedPart[],
  others: readonly CountedPart[],
  signal: AbortSignal | undefined,
) => Promise<StaticRrd | undefined>;

/** The parts of one recording to remove. */
export interface Removal {
  readonly dataset: string;
  readonly parts: CountedParts;
  readonly group: RemovedParts;
  /** All parts of the recording, if some of them stay. */
  readonly own: readonly CountedPart[];
  readonly now: number;
  readonly staticsOf: ReadStatics;
  readonly signal: AbortSignal | undefined;
}

/**
 * Removes parts. Static data that no other part of the recording has moves to a new part. Resolves to whether the parts
 * are removed. If another change was faster, they stay until the next call.
 */
export async function removeParts(store: ObjectStore, removal: Removal): Promise<boolean> {
  const { dataset, parts, group, own: ownParts, now, staticsOf, signal } = removal;
  const { recordingId, keys } = group;
  const removed = new Set(keys);
  const isRemoved = ({ key }: CountedPart): boolean => removed.has(key);
  const [gone, kept] = [ownParts.filter(isRemoved), ownParts.filter((part) => !isRemoved(part))];
  const statics = gone.length === 0 ? undefined : await staticsOf(gone, kept, signal);
  const log = parts.logOf(recordingId);
  const adds: MadePart[] = [];
  if (statics !== undefined) {
    const { bytes, sha256, chunks, rows } = statics;
    const key = madePartKey(dataset, recordingId, log.next, sha256);
    await uploadPart(store, { key, body: bytes, sha256 }, signal ?? new AbortController().signal);
    // As new as the recording, because it belongs to all of it.
    const times = kept.map(({ modified }) => modified?.getTime() ?? now);
    adds.push({
      key,
      bytes: bytes.byteLength,
      sha256,
      chunks,
      rows,
      newest: new Date(times.reduce((a, b) => Math.max(a, b), 0)).toISOString(),
    });
  }
  return log.append(store, { owner: randomId(), adds, removes: keys }, signal);
}
