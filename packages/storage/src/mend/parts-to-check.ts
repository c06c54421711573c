import { isRerunError } from "@rerun-ts/core";
import { partsIn } from "../commits/bundled-parts.ts";
import { mayHave, shortName } from "../commits/bundle-keys.ts";
import { listBundles } from "../commits/list-bundles.ts";
import { decodeCommit, type CommittedPart } from "../commits/commit.ts";
import { logPartPrefix, logPrefix, parseLogPartKey, placeOfKey } from "../commits/log-keys.ts";
import { directPrefix, parsePartKey } from "../parts/part-key.ts";
import type { PlacedPart } from "../parts/read-part.ts";
import { CountedParts } from "../replacements/counted-parts.ts";
import {
  parseMadePartKey,
  parseReplacementKey,
  replacementKey,
  replacementPrefix,
} from "../replacements/replacement-keys.ts";
import type { ReplacementLog } from "../replacements/replacement-log.ts";
import type { ObjectStore } from "../store/object-store.ts";

/** The most commits in memory: the parts of a recording are listed together, and those of a commit are not. */
const MAX_COMMITS = 256;
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
 * committed, and those of recordings with a damaged record are passed over. Parts that only records name may be gone.
 */
export async function* partsToCheck(
  store: Pick<ObjectStore, "list" | "read">,
  dataset: string,
  recordingId: string | undefined,
): AsyncGenerator<PartToCheck> {
  const replacements = new Replacements(store, dataset);
  const commits = new Commits(store);
  const listed = new Map<string, number>();
  const note = (commit: string): void => void listed.set(commit, (listed.get(commit) ?? 0) + 1);
  for await (const { key, size } of store.list(directPrefix(dataset, recordingId))) {
    const id = parsePartKey(key)?.recordingId;
    const isCounted = id !== undefined && (await replacements.of(id))?.isRemoved(key) !== true;
    if (isCounted) yield { key, size, named: undefined, isListed: true, isMendable: true };
  }
  for await (const { key, size } of store.list(logPartPrefix(dataset, recordingId))) {
    const part = parseLogPartKey(dataset, key);
    if (part === undefined) continue;
    if ((await replacements.of(part.recordingId))?.isRemoved(key) === true) {
      note(part.commit);
      continue;
    }
    const committedPart = (await commits.of(part.commit))?.find((each) => each.key === key);
    if (committedPart === undefined) continue;
    note(part.commit);
    const named = { record: part.commit, bytes: committedPart.bytes, sha256: committedPart.sha256 };
    yield { key, size, named, isListed: true, isMendable: false };
  }
  const counted = new CountedParts(store, dataset);
  yield* bundledParts(store, { dataset, recordingId, counted, commits, note });
  yield* soughtParts(store, { dataset, recordingId, counted, commits, listed });
  yield* madeParts(store, dataset, recordingId, replacements);
}

interface OfCommits {
  readonly dataset: string;
  /** Default: all recordings. */
  readonly recordingId: string | undefined;
  readonly counted: CountedParts;
  readonly commits: Commits;
}

/** The parts in bundles, by their commits. */
async function* bundledParts(
  store: Pick<ObjectStore, "list" | "read">,
  { dataset, recordingId, counted, commits, note }: OfCommits & { readonly note: (commit: string) => void },
): AsyncGenerator<PartToCheck> {
  const name = recordingId === undefined ? undefined : shortName(recordingId);
  for (const bundle of await listBundles(store, dataset, (each) => name === undefined || mayHave(each, name))) {
    const parts = (await commits.of(bundle.commit)) ?? [];
    for (const { key, size, sha256, recordingId: id, bundle: place } of partsIn(dataset, bundle, { parts })) {
      if (recordingId !== undefined && id !== recordingId) continue;
      note(bundle.commit);
      if (!(await doesCount(counted, key, id))) continue;
      const named = { record: bundle.commit, bytes: size, sha256 };
      yield { key, size, bundle: place, named, isListed: true, isMendable: false };
    }
  }
}

/** The parts that recent commits name, and that count, but that lists lack: their objects may be gone. */
async function* soughtParts(
  store: Pick<ObjectStore, "list">,
  { dataset, recordingId, counted, commits, listed }: OfCommits & { readonly listed: ReadonlyMap<string, number> },
): AsyncGenerator<PartToCheck> {
  const since = Date.now() - FORGOTTEN_MS;
  for await (const { key: record, modified } of store.list(logPrefix(dataset))) {
    if (placeOfKey(record) === undefined || (modified?.getTime() ?? 0) < since) continue;
    const named = ((await commits.of(record)) ?? []).flatMap((part) => {
      const found = parseLogPartKey(dataset, part.key);
      const isOf = recordingId === undefined || found?.recordingId === recordingId;
      return found?.commit === record && isOf ? { ...part, recordingId: found.recordingId } : [];
    });
    if (named.length <= (listed.get(record) ?? 0)) continue;
    for (const { key, bytes, sha256, bundle, recordingId: id } of named)
      if (await doesCount(counted, key, id)) {
        const facts = { record, bytes, sha256 };
        yield { key, size: bytes, bundle, named: facts, isListed: false, isMendable: false, isSought: true };
      }
  }
}

/** Whether it is clear that a part counts. Commits have recordings in no order. */
async function doesCount(counted: CountedParts, key: string, recordingId: string): Promise<boolean> {
  const isUnclear = !counted.logs.has(recordingId) && (await counted.readReplacements(recordingId)).has(recordingId);
  return !isUnclear && !counted.isReplaced({ key, recordingId });
}

/** The parts that were made of others, by their replacements: their objects may be gone. */
async function* madeParts(
  store: Pick<ObjectStore, "list">,
  dataset: string,
  recordingId: string | undefined,
  replacements: Replacements,
): AsyncGenerator<PartToCheck> {
  let last: string | undefined;
  for await (const { key: replacement } of store.list(replacementPrefix(dataset, recordingId))) {
    const id = parseReplacementKey(replacement)?.recordingId;
    if (id === undefined || id === last) continue;
    last = id;
    for (const [key, { bytes, sha256 }] of (await replacements.of(id))?.made ?? []) {
      const record = replacementKey(dataset, id, parseMadePartKey(key)?.number ?? 0);
      yield { key, size: bytes, named: { record, bytes, sha256 }, isListed: false, isMendable: false };
    }
  }
}

/** The replacements of the recording that is being listed. */
class Replacements {
  readonly #store: Pick<ObjectStore, "list" | "read">;
  readonly #dataset: string;
  #id: string | undefined;
  #log: ReplacementLog | undefined;

  constructor(store: Pick<ObjectStore, "list" | "read">, dataset: string) {
    this.#store = store;
    this.#dataset = dataset;
  }

  /** The replacements of a recording, `undefined` if it is unclear which of its parts count. */
  async of(id: string): Promise<ReplacementLog | undefined> {
    if (this.#id === id) return this.#log;
    const parts = new CountedParts(this.#store, this.#dataset);
    const unclear = await parts.readReplacements(id);
    this.#id = id;
    this.#log = unclear.has(id) ? undefined : parts.logOf(id);
    return this.#log;
  }
}

/** The parts in commits, of which the last ones are remembered. */
class Commits {
  readonly #store: Pick<ObjectStore, "read">;
  readonly #parts = new Map<string, readonly CommittedPart[] | undefined>();

  constructor(store: Pick<ObjectStore, "read">) {
    this.#store = store;
  }

  /** The parts of a commit, `undefined` if it is damaged or not there. */
  async of(key: string): Promise<readonly CommittedPart[] | undefined> {
    if (this.#parts.has(key)) return this.#parts.get(key);
    const [oldest] = this.#parts.keys();
    if (this.#parts.size >= MAX_COMMITS && oldest !== undefined) this.#parts.delete(oldest);
    const parts = await this.#read(key);
    this.#parts.set(key, parts);
    return parts;
  }

  async #read(key: string): Promise<readonly CommittedPart[] | undefined> {
    try {
      return decodeCommit(await this.#store.read(key), key).parts;
    } catch (error) {
      if (isRerunError(error) && (error.code === "INVALID_FORMAT" || error.code === "NOT_FOUND")) return undefined;
      throw error;
    }
  }
}
