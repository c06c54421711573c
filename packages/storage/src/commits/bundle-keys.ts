import { escapeId } from "../store/keys.ts";
import { hashText } from "../store/hash-text.ts";
import type { ObjectInfo } from "../store/object-store.ts";
import { commitKey, datasetPrefix, numberText, partitionText, HASH_DIGITS } from "./log-keys.ts";

/** The length of the short name of a recording, and the number of these in a segment, which file systems limit. */
const [NAME_LENGTH, NAMES_IN_SEGMENT] = [6, 33];
/** The most recordings in a bundle: its key has all of their short names, and stores limit keys. */
export const MAX_BUNDLED: number = 3 * NAMES_IN_SEGMENT;

/** The beginning of the keys of the bundles of a partition, or of all partitions. */
export function bundlePrefix(dataset: string, partition?: number): string {
  return `${datasetPrefix(dataset)}log-bundles/${partition === undefined ? "" : `${partitionText(partition)}/`}`;
}

/**
 * The key of a bundle, an object with parts of several recordings. Only the commit with its number can name it. The
 * short names of the recordings are in the key, so that a list of keys shows where a recording may be.
 */
export function bundleKey(
  dataset: string,
  partition: number,
  number: number,
  sha256: string,
  recordingIds: readonly string[],
): string {
  const segments: string[] = [];
  for (let at = 0; at < recordingIds.length; at += NAMES_IN_SEGMENT)
    segments.push(
      recordingIds
        .slice(at, at + NAMES_IN_SEGMENT)
        .map(shortName)
        .join(""),
    );
  const place = `${numberText(number)}-${sha256.slice(0, HASH_DIGITS)}`;
  return `${bundlePrefix(dataset, partition)}${place}/${segments.join("/")}.rrds`;
}

/** A bundle in a list of keys. */
export interface ListedBundle extends Pick<ObjectInfo, "key" | "size" | "modified"> {
  readonly partition: number;
  readonly number: number;
  /** The key of the only commit that can name the bundle. */
  readonly commit: string;
  /** The short names of its recordings, one behind the other. */
  readonly names: string;
}

/** Parses the key of a listed bundle. Returns `undefined` for other keys. */
export function parseBundle(dataset: string, { key, size, modified }: ObjectInfo): ListedBundle | undefined {
  const [, partitionDigits, digits, path = ""] =
    /^v1\/[^/]+\/log-bundles\/(\d{2})\/(\d{16})-[0-9a-f]+\/([0-9a-z/]+)\.rrds$/.exec(key) ?? [];
  if (partitionDigits === undefined) return undefined;
  const [partition, number] = [Number(partitionDigits), Number(digits)];
  const names = path.replaceAll("/", "");
  return { key, size, modified, partition, number, commit: commitKey(dataset, partition, number), names };
}

/**
 * The short name of a recording: six digits of a hash. Two recordings may have the same one, so it only says in which
 * bundles a recording is not.
 */
export function shortName(recordingId: string): string {
  return (hashText(escapeId(recordingId)) % 36 ** NAME_LENGTH).toString(36).padStart(NAME_LENGTH, "0");
}

/** Whether a bundle may have a part of a recording with this short name. */
export function mayHave({ names }: Pick<ListedBundle, "names">, name: string): boolean {
  for (let at = 0; at < names.length; at += NAME_LENGTH) if (names.startsWith(name, at)) return true;
  return false;
}

/** The short names of the recordings of a bundle. */
export function namesIn({ names }: Pick<ListedBundle, "names">): readonly string[] {
  return Array.from({ length: names.length / NAME_LENGTH }, (_, index) =>
    names.slice(index * NAME_LENGTH, (index + 1) * NAME_LENGTH),
  );
}
