import type { StoreId } from "@rerun-ts/core";
import { MAX_BUNDLED } from "../commits/bundle-keys.ts";
import type { Batch } from "./batch.ts";

/** Parts of recordings below this size share an object with others of their commit. */
const SMALL_BYTES = 256 * 1024;
/**
 * A partition with small recordings alone has a turn each time that this multiple of the age of a commit has passed. A
 * commit and its bundle are 2 objects of each of 64 partitions in 84 seconds then, which is less than the 90 seconds
 * after which producers send again.
 */
const TURN = 1.4;

/**
 * The time of the next turn of a partition.
 *
 * @param maxMs the age of a commit
 * @param phase the place of the partition among those of its ingester, from 0 to 1, so that they take turns
 */
export function nextTurn(after: number, maxMs: number, phase: number): number {
  const turnMs = TURN * maxMs;
  return (Math.floor(after / turnMs - phase) + 1 + phase) * turnMs;
}

/** Divides the parts of a commit: those that share an object are in one group. Returns their indexes. */
export function bundleGroups(
  parts: readonly { readonly storeId: StoreId; readonly body: { readonly size: number } }[],
): readonly (readonly number[])[] {
  const small: number[] = [];
  const groups: number[][] = [];
  for (const [index, { storeId, body }] of parts.entries())
    if (storeId.kind === "recording" && body.size < SMALL_BYTES) small.push(index);
    else groups.push([index]);
  for (let at = 0; at < small.length; at += MAX_BUNDLED) groups.push(small.slice(at, at + MAX_BUNDLED));
  return groups;
}

/** Whether a batch has several recordings, all of them with little data. */
export function isOfSmallRecordings(batch: Pick<Batch, "byStore">): boolean {
  const stores = batch.byStore();
  return (
    stores.length > 1 &&
    stores.every(
      ({ storeId, packs }) =>
        storeId.kind === "recording" && packs.reduce((sum, { bytes }) => sum + bytes, 0) < SMALL_BYTES,
    )
  );
}
