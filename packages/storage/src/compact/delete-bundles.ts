import { namesIn, shortName, type ListedBundle } from "../commits/bundle-keys.ts";
import { listBundles } from "../commits/list-bundles.ts";
import { CountedParts } from "../replacements/counted-parts.ts";
import { parseReplacementKey, replacementPrefix } from "../replacements/replacement-keys.ts";
import { unescapeId } from "../store/keys.ts";
import { areThere } from "./delete-replaced.ts";
import { isOrphanOfCommit, type OrphanOptions } from "./sweep-orphans.ts";

/** The bundles that are looked at together. */
const CHECK_BATCH = 16;

/** Settings of {@link deleteBundles}. */
export interface DeleteBundlesOptions extends OrphanOptions {
  /** A time of the store, in milliseconds. Newer replacements are left alone. */
  readonly before: number;
  /** Bundles without a commit that were created after this time of the store stay. */
  readonly sweepBefore: number;
}

/**
 * Deletes the bundles of which all parts were replaced or removed before a time, and those that no commit names, nor
 * ever can. A bundle with one part that counts, or may count, stays.
 */
export async function deleteBundles(options: DeleteBundlesOptions): Promise<void> {
  const { store, dataset, committed, before, sweepBefore, work, signal } = options;
  const isBefore = ({ modified }: ListedBundle, time: number): boolean => (modified?.getTime() ?? Infinity) <= time;
  // Those of the last list: the share that deletes bundles has read it just now.
  for (const bundle of committed.bundles.unnamed)
    if (isBefore(bundle, sweepBefore) && (await isOrphanOfCommit(options, bundle.key, bundle)))
      await work.delete(bundle, signal);
  const unnamed = new Set(committed.bundles.unnamed.map(({ key }) => key));
  const old = await listBundles(store, dataset, (bundle) => isBefore(bundle, before), signal);
  if (old.length === 0) return;
  const replaced = await namesOfReplaced(options);
  const due = old.filter((bundle) => !unnamed.has(bundle.key) && namesIn(bundle).every((name) => replaced.has(name)));
  for (let start = 0; start < due.length; start += CHECK_BATCH) {
    const some = due.slice(start, start + CHECK_BATCH);
    const areNeedless = await Promise.all(some.map((bundle) => isNeedless(options, bundle)));
    await work.deleteAll(
      some.filter((_, index) => areNeedless[index] === true),
      signal,
    );
  }
}

/** The short names of the recordings with replacements: a part of another recording was never replaced. */
async function namesOfReplaced({ store, dataset, signal }: DeleteBundlesOptions): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  const prefix = replacementPrefix(dataset);
  if (store.listFolders === undefined)
    for await (const { key } of store.list(prefix, { signal }))
      names.add(shortName(parseReplacementKey(key)?.recordingId ?? ""));
  else
    for await (const folder of store.listFolders(prefix, { signal }))
      names.add(shortName(unescapeId(folder.slice(prefix.length, -1)) ?? ""));
  return names;
}

/** Whether all parts of a bundle were replaced long enough ago, and what has replaced them is there. */
async function isNeedless(options: DeleteBundlesOptions, bundle: ListedBundle): Promise<boolean> {
  const { store, dataset, committed, before, work, signal } = options;
  const found = await committed.bundles.partsOf(bundle, signal);
  // A damaged commit may name more.
  if (found === undefined || found.length === 0) return false;
  const parts = new CountedParts(store, dataset, committed);
  for (const { key, recordingId } of found) {
    const unclear = await parts.readReplacements(recordingId, signal);
    const removedAt = parts.logOf(recordingId).removedAt(key)?.getTime() ?? Infinity;
    if (unclear.size > 0 || removedAt > before) return false;
    if (!(await areThere({ store, recordingId, parts, work, signal }))) return false;
  }
  return true;
}
