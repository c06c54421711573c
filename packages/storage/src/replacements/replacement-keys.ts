import { datasetPrefix } from "../commits/log-keys.ts";
import { escapeId, unescapeId } from "../store/keys.ts";

const NUMBER_DIGITS = 16;
const HASH_DIGITS = 12;

/** The prefix of the keys of all replacements, in a dataset or in one of its recordings. */
export function replacementPrefix(dataset: string, recordingId?: string): string {
  return folderOf(dataset, "compact", recordingId);
}

/** The key of a replacement. The order of the keys is the order of the replacements of a recording. */
export function replacementKey(dataset: string, recordingId: string, number: number): string {
  return `${replacementPrefix(dataset, recordingId)}${numberText(number)}.json`;
}

/** The key of a checkpoint: the effect of all replacements up to a number. */
export function checkpointKey(dataset: string, recordingId: string, number: number): string {
  return `${replacementPrefix(dataset, recordingId)}${numberText(number)}.checkpoint.json`;
}

/** A replacement or a part in a list of keys. */
export interface ListedReplacement {
  readonly recordingId: string;
  readonly number: number;
}

/** Parses the key of a replacement or checkpoint. Returns `undefined` for other keys. */
export function parseReplacementKey(key: string): (ListedReplacement & { readonly isCheckpoint: boolean }) | undefined {
  const [, segment, digits, checkpoint] =
    /^v1\/[^/]+\/compact\/([^/]+)\/(\d{16})(\.checkpoint)?\.json$/.exec(key) ?? [];
  const recordingId = segment === undefined ? undefined : unescapeId(segment);
  if (recordingId === undefined) return undefined;
  return { recordingId, number: Number(digits), isCheckpoint: checkpoint !== undefined };
}

/** The prefix of the keys of all compacted parts, in a dataset or in one of its recordings. */
export function madePartPrefix(dataset: string, recordingId?: string): string {
  return folderOf(dataset, "compact-parts", recordingId);
}

/**
 * The key of a compacted part. Only the replacement with its number can name it. Once another replacement has that
 * number, the part is an orphan.
 */
export function madePartKey(dataset: string, recordingId: string, number: number, sha256: string): string {
  return `${madePartsPrefix(dataset, recordingId, number)}${sha256.slice(0, HASH_DIGITS)}.rrd`;
}

/** The beginning of the keys of the parts that the replacement with a number may name. */
export function madePartsPrefix(dataset: string, recordingId: string, number: number): string {
  return `${madePartPrefix(dataset, recordingId)}${numberText(number)}-`;
}

/** Parses the key of a compacted part. Returns `undefined` for other keys. */
export function parseMadePartKey(key: string): (ListedReplacement & { readonly layer: string }) | undefined {
  const [, layer = "", segment, digits] =
    /^v1\/[^/]+\/(compact-parts\/([^/]+)\/(\d{16})-[0-9a-f]+)\.rrd$/.exec(key) ?? [];
  const recordingId = segment === undefined ? undefined : unescapeId(segment);
  return recordingId === undefined ? undefined : { recordingId, number: Number(digits), layer };
}

function folderOf(dataset: string, folder: string, recordingId: string | undefined): string {
  const all = `${datasetPrefix(dataset)}${folder}/`;
  return recordingId === undefined ? all : `${all}${escapeId(recordingId)}/`;
}

function numberText(number: number): string {
  return String(number).padStart(NUMBER_DIGITS, "0");
}
