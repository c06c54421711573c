import { datasetPrefix } from "../commits/log-keys.ts";
import { escapeId, unescapeId } from "../store/keys.ts";

const NUMBER_DIGITS = 16;
const HASH_DIGITS = 12;

/** The beginning of the keys of all replacements of a dataset, or of one of its recordings. */
export function replacementPrefix(dataset: string, recordingId?: string): string {
  return folderOf(dataset, "compact", recordingId);
}

/** The key of a replacement. Sorted by their keys, those of a recording are in order. */
export function replacementKey(dataset: string, recordingId: string, number: number): string {
  return `${replacementPrefix(dataset, recordingId)}${numberText(number)}.json`;
}

/** A replacement in a list of keys. */
export interface ListedReplacement {
  readonly recordingId: string;
  readonly number: number;
}

/** Parses the key of a replacement; `undefined` for all others. */
export function parseReplacementKey(key: string): ListedReplacement | undefined {
  const [, segment, digits] = /^v1\/[^/]+\/compact\/([^/]+)\/(\d{16})\.json$/.exec(key) ?? [];
  const recordingId = segment === undefined ? undefined : unescapeId(segment);
  return recordingId === undefined ? undefined : { recordingId, number: Number(digits) };
}

/** The beginning of the keys of all parts of a dataset, or of one of its recordings, that were made of others. */
export function madePartPrefix(dataset: string, recordingId?: string): string {
  return folderOf(dataset, "compact-parts", recordingId);
}

/**
 * The key of a part that was made of others. Only the replacement with its number can name it, so once there is another
 * replacement with that number, nobody ever will.
 */
export function madePartKey(dataset: string, recordingId: string, number: number, sha256: string): string {
  return `${madePartsPrefix(dataset, recordingId, number)}${sha256.slice(0, HASH_DIGITS)}.rrd`;
}

/** The beginning of the keys of the parts that the replacement with a number may name. */
export function madePartsPrefix(dataset: string, recordingId: string, number: number): string {
  return `${madePartPrefix(dataset, recordingId)}${numberText(number)}-`;
}

/** Parses the key of a part that was made of others; `undefined` for all others. */
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
