import type { StoreId } from "@rerun-ts/core";
import { escapeId, unescapeId } from "../store/keys.ts";

/** The number of partitions of a dataset. All producers and ingesters must agree on it, so it is not an option. */
export const PARTITIONS = 64;
const COMMIT_DIGITS = 16;
/** The number of digits of a SHA-256 in keys. */
export const HASH_DIGITS = 12;

/**
 * The number of commits from one snapshot to the next. All writers of a dataset agree on it. A commit with a multiple
 * of it is never deleted, so that a late writer finds out its delay.
 */
export const SNAPSHOT_EVERY = 1000;

/** The beginning of all keys of a dataset. */
export function datasetPrefix(dataset: string): string {
  return `v1/${escapeId(dataset)}/`;
}

/** The beginning of the keys of the commits of a partition, or of all partitions. */
export function logPrefix(dataset: string, partition?: number): string {
  return `${datasetPrefix(dataset)}log/${folderOf(partition)}`;
}

/** The key of a commit. Sorted by their keys, commits are in order. */
export function commitKey(dataset: string, partition: number, number: number): string {
  return `${logPrefix(dataset, partition)}${numberText(number)}.json`;
}

/** The beginning of the keys of the snapshots of a partition, or of all partitions. */
export function snapshotPrefix(dataset: string, partition?: number): string {
  return `${datasetPrefix(dataset)}log-snapshots/${folderOf(partition)}`;
}

export function snapshotKey(dataset: string, partition: number, number: number): string {
  return `${snapshotPrefix(dataset, partition)}${numberText(number)}.json`;
}

/** The beginning of the keys of the checkpoints of a partition, or of all partitions. */
export function commitCheckpointPrefix(dataset: string, partition?: number): string {
  return `${datasetPrefix(dataset)}log-checkpoints/${folderOf(partition)}`;
}

export function commitCheckpointKey(dataset: string, partition: number, number: number): string {
  return `${commitCheckpointPrefix(dataset, partition)}${numberText(number)}.json`;
}

/** The partition and the number in the key of a commit, snapshot or checkpoint, or `undefined` for other keys. */
export function placeOfKey(key: string): LogObject | undefined {
  const [, partition, number] = /\/(\d{2})\/(\d{16})[.]json$/.exec(key) ?? [];
  return partition === undefined ? undefined : { partition: Number(partition), number: Number(number) };
}

/** The number in the key of a commit or snapshot, or `undefined` for other keys. */
export function numberOfKey(key: string): number | undefined {
  const digits = /\/(\d{16})[.]json$/.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The key of a part. Only the commit with its number can name it. Once another commit has that number, the part is an
 * orphan.
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
    ? `${logPartPrefix(dataset, recordingId)}${name}.rrd`
    : `${logLayoutPrefix(dataset)}${escapeId(applicationId)}/${name}.rbl`;
}

/** A part that counts as soon as a commit names it. */
export interface LogPart {
  readonly key: string;
  readonly recordingId: string;
  /** The name of the part's layer in catalogs: the key without the dataset and the extension. */
  readonly layer: string;
  /** The key of the only commit that can name the part. */
  readonly commit: string;
}

/** The prefix of the keys of such parts, in a dataset or in one of its recordings. */
export function logPartPrefix(dataset: string, recordingId?: string): string {
  const all = `${datasetPrefix(dataset)}log-parts/`;
  return recordingId === undefined ? all : `${all}${escapeId(recordingId)}/`;
}

/** The beginning of the keys of the layouts of a dataset that came through a stream. */
export function logLayoutPrefix(dataset: string): string {
  return `${datasetPrefix(dataset)}log-layouts/`;
}

/** The commit in the key of a part or layout. */
export interface LogObject {
  readonly partition: number;
  readonly number: number;
}

/** The key of the only commit that can name a part or layout, or `undefined` for other keys. */
export function commitOfObject(dataset: string, key: string): string | undefined {
  const object = parseLogObjectKey(key);
  return object === undefined ? undefined : commitKey(dataset, object.partition, object.number);
}

/** Parses the key of a part or layout. Returns `undefined` for other keys. */
export function parseLogObjectKey(key: string): LogObject | undefined {
  const [, partition, number] =
    /^v1\/[^/]+\/log-(?:parts|layouts)\/[^/]+\/(\d{2})-(\d{16})-[0-9a-f]+\.r(?:rd|bl)$/.exec(key) ?? [];
  return partition === undefined ? undefined : { partition: Number(partition), number: Number(number) };
}

/** Parses the key of such a part of a recording. Returns `undefined` for other keys. */
export function parseLogPartKey(dataset: string, key: string): LogPart | undefined {
  const [, layer = "", segment, partition, number] =
    /^v1\/[^/]+\/(log-parts\/([^/]+)\/(\d{2})-(\d{16})-[0-9a-f]+)\.rrd$/.exec(key) ?? [];
  const recordingId = segment === undefined ? undefined : unescapeId(segment);
  if (recordingId === undefined) return undefined;
  return { key, recordingId, layer, commit: commitKey(dataset, Number(partition), Number(number)) };
}

function folderOf(partition: number | undefined): string {
  return partition === undefined ? "" : `${partitionText(partition)}/`;
}

/** A partition in a key. */
export function partitionText(partition: number): string {
  return String(partition).padStart(2, "0");
}

/** The number of a commit in a key. */
export function numberText(number: number): string {
  return String(number).padStart(COMMIT_DIGITS, "0");
}
