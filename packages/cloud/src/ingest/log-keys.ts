import type { StoreId } from "@rerun-ts/core";
import { escapeId } from "../store/keys.ts";

const COMMIT_DIGITS = 16;
const HASH_DIGITS = 12;

/** The beginning of all keys of a dataset. */
export function datasetPrefix(dataset: string): string {
  return `v1/${escapeId(dataset)}/`;
}

/** The beginning of the keys of a partition's commits. */
export function logPrefix(dataset: string, partition: number): string {
  return `${datasetPrefix(dataset)}log/${partitionText(partition)}/`;
}

/** The key of a commit. Sorted by their keys, commits are in order. */
export function commitKey(dataset: string, partition: number, number: number): string {
  return `${logPrefix(dataset, partition)}${numberText(number)}.json`;
}

/** The beginning of the keys of a partition's snapshots. */
export function snapshotPrefix(dataset: string, partition: number): string {
  return `${datasetPrefix(dataset)}log-snapshots/${partitionText(partition)}/`;
}

export function snapshotKey(dataset: string, partition: number, number: number): string {
  return `${snapshotPrefix(dataset, partition)}${numberText(number)}.json`;
}

/** The number in the key of a commit or snapshot; `undefined` if it is the key of something else. */
export function numberOfKey(key: string): number | undefined {
  const digits = /\/(\d{16})[.]json$/.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The key of a part. Only the commit with its number can name it, so once there is another commit with that number,
 * nobody ever will.
 */
export function logPartKey(
  dataset: string,
  partition: number,
  number: number,
  storeId: StoreId,
  sha256: string,
): string {
  const { kind, recordingId, applicationId } = storeId;
  const name = `${partitionText(partition)}-${numberText(number)}-${sha256.slice(0, HASH_DIGITS)}`;
  return kind === "recording"
    ? `${datasetPrefix(dataset)}log-parts/${escapeId(recordingId)}/${name}.rrd`
    : `${datasetPrefix(dataset)}log-layouts/${escapeId(applicationId)}/${name}.rbl`;
}

function partitionText(partition: number): string {
  return String(partition).padStart(2, "0");
}

function numberText(number: number): string {
  return String(number).padStart(COMMIT_DIGITS, "0");
}
