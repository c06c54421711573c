import { partsIn } from "../commits/bundled-parts.ts";
import { mayHave, shortName } from "../commits/bundle-keys.ts";
import { listBundles } from "../commits/list-bundles.ts";
import { logPartPrefix, logPrefix, parseLogPartKey, placeOfKey } from "../commits/log-keys.ts";
import { directPrefix, parsePartKey } from "../parts/part-key.ts";
import type { PlacedPart } from "../parts/read-part.ts";
import type { CountedParts } from "../replacements/counted-parts.ts";
import {
  parseMadePartKey,
  parseReplacementKey,
  replacementKey,
  replacementPrefix,
} from "../replacements/replacement-keys.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { RecordReader } from "./record-reader.ts";

/** The age of commits whose parts were removed so long ago that nothing says so any more. */
const FORGOTTEN_MS = 29 * 24 * 3_600_000;

/** Facts about a part that a commit or a replacement has. */
export interface NamedPart {
  /** The key of the commit or replacement. */
  readonly record: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A part that counts. */
export interface PartToCheck extends PlacedPart {
  readonly named: NamedPart | undefined;
  /** Whether the size is that of the object. Otherwise it is only known from a record, and the object may be gone. */
  readonly isListed: boolean;
  readonly isMendable: boolean;
  /** Whether only its object is looked for. Default `false`. */
  readonly isSought?: boolean;
}

/**
 * Lists the parts of all recordings, or of one, with what is known about them. Parts that were replaced, that are not
 * committed, and those of recordings with an unreadable record are left out. Parts that only records name may be gone.
 */
export async function* partsToCheck(
  store: Pick<ObjectStore, "list">,
  records: RecordReader,
  dataset: string,
  recordingId: string | undefined,
): AsyncGenerator<PartToCheck> {
  const listed = new Map<string, number>();
  const note = (commit: string): void => void listed.set(commit, (listed.get(commit) ?? 0) + 1);
  for await (const { key, size } of store.list(directPrefix(dataset, recordingId))) {
    const id = parsePartKey(key)?.recordingId;
    const log = id === undefined ? undefined : await records.logOf(id);
    if (log?.isRemoved(key) === false) yield { key, size, named: undefined, isListed: true, isMendable: true };
  }
  for await (const { key, size } of store.list(logPartPrefix(dataset, recordingId))) {
    const part = parseLogPartKey(dataset, key);
    if (part === undefined) continue;
    const log = await records.logOf(part.recordingId);
    if (log?.isRemoved(key) !== false) {
      note(part.commit);
      continue;
    }
    const committedPart = (await records.partsOf(part.commit))?.find((each) => each.key === key);
    if (committedPart === undefined) continue;
    note(part.commit);
    const named = { record: part.commit, bytes: committedPart.bytes, sha256: committedPart.sha256 };
    yield { key, size, named, isListed: true, isMendable: false };
  }
  const counted = records.newCounted();
  yield* bundledParts(store, { dataset, recordingId, counted, records, note });
  yield* soughtParts(store, { dataset, recordingId, counted, records, listed });
  yield* madeParts(store, dataset, recordingId, records);
}

interface OfCommits {
  readonly dataset: string;
  /** Default: all recordings. */
  readonly recordingId: string | undefined;
  readonly counted: CountedParts;
  readonly records: RecordReader;
}

/** The parts in bundles, by their commits. */
async function* bundledParts(
  store: Pick<ObjectStore, "list">,
  { dataset, recordingId, counted, records, note }: OfCommits & { readonly note: (commit: string) => void },
): AsyncGenerator<PartToCheck> {
  const name = recordingId === undefined ? undefined : shortName(recordingId);
  for (const bundle of await listBundles(store, dataset, (each) => name === undefined || mayHave(each, name))) {
    const parts = (await records.partsOf(bundle.commit)) ?? [];
    for (const { key, size, sha256, recordingId: id, bundle: place } of partsIn(dataset, bundle, { parts })) {
      if (recordingId !== undefined && id !== recordingId) continue;
      note(bundle.commit);
      if (!(await doesCount(records, counted, { key, recordingId: id }))) continue;
      const named = { record: bundle.commit, bytes: size, sha256 };
      yield { key, size, bundle: place, named, isListed: true, isMendable: false };
    }
  }
}

/** The parts that recent commits name, and that count, but that lists lack: their objects may be gone. */
async function* soughtParts(
  store: Pick<ObjectStore, "list">,
  { dataset, recordingId, counted, records, listed }: OfCommits & { readonly listed: ReadonlyMap<string, number> },
): AsyncGenerator<PartToCheck> {
  const since = Date.now() - FORGOTTEN_MS;
  for await (const { key: record, modified } of store.list(logPrefix(dataset))) {
    if (placeOfKey(record) === undefined || (modified?.getTime() ?? 0) < since) continue;
    const named = ((await records.partsOf(record)) ?? []).flatMap((part) => {
      const found = parseLogPartKey(dataset, part.key);
      const isOf = recordingId === undefined || found?.recordingId === recordingId;
      return found?.commit === record && isOf ? { ...part, recordingId: found.recordingId } : [];
    });
    if (named.length <= (listed.get(record) ?? 0)) continue;
    for (const { key, bytes, sha256, bundle, recordingId: id } of named)
      if (await doesCount(records, counted, { key, recordingId: id })) {
        const facts = { record, bytes, sha256 };
        yield { key, size: bytes, bundle, named: facts, isListed: false, isMendable: false, isSought: true };
      }
  }
}

/** Whether it is clear that a part counts. Commits have recordings in no order. */
async function doesCount(
  records: RecordReader,
  counted: CountedParts,
  part: Pick<PlacedPart, "key"> & { readonly recordingId: string },
): Promise<boolean> {
  return (await records.logOf(part.recordingId, counted))?.isRemoved(part.key) === false;
}

/** The parts that were made of others, by their replacements: their objects may be gone. */
async function* madeParts(
  store: Pick<ObjectStore, "list">,
  dataset: string,
  recordingId: string | undefined,
  records: RecordReader,
): AsyncGenerator<PartToCheck> {
  let last: string | undefined;
  for await (const { key: replacement } of store.list(replacementPrefix(dataset, recordingId))) {
    const id = parseReplacementKey(replacement)?.recordingId;
    if (id === undefined || id === last) continue;
    last = id;
    for (const [key, { bytes, sha256 }] of (await records.logOf(id))?.made ?? []) {
      const record = replacementKey(dataset, id, parseMadePartKey(key)?.number ?? 0);
      yield { key, size: bytes, named: { record, bytes, sha256 }, isListed: false, isMendable: false };
    }
  }
}
