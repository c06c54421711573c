import {
  compactParts,
  removeOldParts,
  type CompactedParts,
  type CompactOptions,
  type CompactReport,
  type ObjectStore,
  type RemovedParts,
  type RemoveOldPartsOptions,
} from "@rerun-ts/storage";

/** Compacts, and lists what was compacted in the order of the recordings. */
export async function compactAll(
  store: ObjectStore,
  options: CompactOptions,
): Promise<Omit<CompactReport, "compacted"> & { readonly compacted: readonly CompactedParts[] }> {
  const compacted: CompactedParts[] = [];
  const report = await compactParts(store, { ...options, onCompacted: (group) => compacted.push(group) });
  return { ...report, compacted };
}

/** Removes old parts, and lists them by their recordings, those with the oldest data first. */
export async function removeAll(store: ObjectStore, options: RemoveOldPartsOptions): Promise<readonly RemovedParts[]> {
  const removed: RemovedParts[] = [];
  await removeOldParts(store, { ...options, onRemoved: (each) => removed.push(each) });
  return removed.sort((a, b) => a.newest.getTime() - b.newest.getTime());
}
