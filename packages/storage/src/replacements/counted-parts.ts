import { isRerunError, type RerunError } from "@rerun-ts/core";
import { pushAll, getOrAdd } from "@rerun-ts/core/util";
import { CommittedParts, type CommittedObject } from "../commits/committed-parts.ts";
import { directPrefix, parsePartKey } from "../parts/part-key.ts";
import type { PlacedPart } from "../parts/read-part.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { InParallel } from "../store/in-parallel.ts";
import { ListedLog } from "./listed-log.ts";
import type { RecordingObject } from "./recording-object.ts";
import { madePartPrefix, parseMadePartKey, parseReplacementKey, replacementPrefix } from "./replacement-keys.ts";
import { ReplacementLog } from "./replacement-log.ts";

/** Number of replacements that are read at a time, of all recordings together. */
const READ_AHEAD = 128;

/** A part of a recording that counts. */
export interface CountedPart extends PlacedPart {
  readonly recordingId: string;
  /** The name of the part's layer in catalogs: the key without the dataset and the extension. */
  readonly layer: string;
  /** The time of the part's newest data, by the clock of the store, if the store reports times. */
  readonly modified: Date | undefined;
  /** The SHA-256 of a part in a bundle, as 64 hexadecimal digits. */
  readonly sha256?: string | undefined;
}

/** The objects of one recording in lists. */
export interface RecordingObjects {
  readonly recordingId: string;
  /** The objects that producers have uploaded, those of ingesters, and those that were made of others. */
  readonly uploaded: readonly RecordingObject[];
  readonly committed: readonly RecordingObject[];
  /** The parts in bundles, which commits name. */
  readonly bundled: readonly CountedPart[];
  readonly made: readonly RecordingObject[];
  readonly log: ListedLog;
}

/** The parts of a dataset at one time. */
export interface ListedParts {
  readonly counted: readonly CountedPart[];
  /** The parts that do not count any more, and whose objects are still there. Without those made of others. */
  readonly replaced: readonly CountedPart[];
  /**
   * The recordings of which it is unclear which parts count, with the reason: a commit or a replacement is damaged, or
   * of a later version. None of their parts are listed: data would be missing, or be there twice.
   */
  readonly unclear: ReadonlyMap<string, RerunError>;
}

/**
 * Finds the parts of a dataset that count: parts that producers have uploaded, and parts that commits name. Replaced
 * parts do not count, but their replacements do. The class remembers all commits and replacements, which never change.
 */
export class CountedParts {
  /** By the id of the recording: those that have had an object, or were asked for. */
  readonly logs: Map<string, ReplacementLog> = new Map();
  readonly committed: CommittedParts;
  readonly #store: Pick<ObjectStore, "list" | "read" | "listFolders">;
  readonly #dataset: string;

  /** @param committed remembers commits. Default: new, without any */
  constructor(
    store: Pick<ObjectStore, "list" | "read" | "listFolders">,
    dataset: string,
    committed: CommittedParts = new CommittedParts(store, dataset),
  ) {
    this.#store = store;
    this.#dataset = dataset;
    this.committed = committed;
  }

  /** Lists the parts of all recordings, or of one. */
  async list(recordingId?: string, signal?: AbortSignal): Promise<ListedParts> {
    const unclear = new Map<string, RerunError>();
    // Side by side, because each answer takes a while.
    const listed = (await Promise.all(this.#lists(recordingId, unclear, signal).map(collect))).flat();
    // Replacements are read last: a part that was deleted before the list was replaced before, too. Its data is then
    // in a part that a replacement names.
    const present = new Set(listed.map((part) => part.recordingId));
    for (const [id, problem] of await this.readAllReplacements(recordingId, present, signal)) unclear.set(id, problem);
    const ids = recordingId === undefined ? [...this.logs.keys()] : [recordingId];
    this.addUnclearOfBundles([...present, ...ids], unclear);
    return this.#split(listed, ids, unclear);
  }

  /** Adds the recordings that may have a part in a bundle whose commit was damaged in the last list. */
  addUnclearOfBundles(ids: Iterable<string>, unclear: Map<string, RerunError>): void {
    for (const id of ids) {
      const problem = this.committed.bundles.problemOf(id);
      if (problem !== undefined) unclear.set(id, problem);
    }
  }

  /**
   * Finds out which parts of a recording count, from lists of its objects. The list of its log may be older. Also
   * returns the objects of ingesters that no commit names, or none yet.
   */
  async count(
    objects: RecordingObjects,
    signal?: AbortSignal,
  ): Promise<ListedParts & { readonly uncommitted: readonly RecordingObject[] }> {
    const { recordingId, uploaded, committed, bundled, log } = objects;
    const unclear = new Map<string, RerunError>();
    const listed: CountedPart[] = [...bundled];
    for (const object of uploaded) if (parsePartKey(object.key) !== undefined) listed.push(object);
    // What no commit names, between the others.
    const uncommitted: RecordingObject[] = [];
    const left = committed.values();
    for await (const { object, problem } of this.committed.among(committed, signal)) {
      if (problem !== undefined) unclear.set(recordingId, problem);
      listed.push(object);
      for (let next = left.next(); next.done !== true && next.value !== object; next = left.next())
        uncommitted.push(next.value);
    }
    pushAll(uncommitted, left);
    const damage = this.committed.bundles.problemOf(recordingId);
    if (damage !== undefined) unclear.set(recordingId, damage);
    const problem = await this.#readLog(recordingId, log, new InParallel(READ_AHEAD), signal);
    if (problem !== undefined) unclear.set(recordingId, problem);
    return { ...this.#split(listed, [recordingId], unclear), uncommitted };
  }

  #split(
    listed: readonly CountedPart[],
    recordingIds: Iterable<string>,
    unclear: ReadonlyMap<string, RerunError>,
  ): ListedParts {
    const counted: CountedPart[] = [];
    for (const id of recordingIds) if (!unclear.has(id)) pushAll(counted, this.madeOf(id));
    const replaced: CountedPart[] = [];
    for (const part of listed)
      if (!unclear.has(part.recordingId)) (this.isReplaced(part) ? replaced : counted).push(part);
    return { counted, replaced, unclear };
  }

  /** Lists the parts of one recording. @throws {RerunError} `INVALID_FORMAT` if it is unclear which ones count */
  async listOne(recordingId: string, signal?: AbortSignal): Promise<readonly CountedPart[]> {
    const { counted, unclear } = await this.list(recordingId, signal);
    const problem = unclear.get(recordingId);
    if (problem !== undefined) throw problem;
    return counted;
  }

  /** The parts of a recording that were made of others, and count. */
  *madeOf(recordingId: string): Generator<CountedPart> {
    for (const { key, bytes, newest } of this.logs.get(recordingId)?.made.values() ?? []) {
      const layer = parseMadePartKey(key)?.layer ?? key;
      yield { key, size: bytes, recordingId, layer, modified: new Date(newest) };
    }
  }

  /** Whether a part does not count any more. */
  isReplaced({ key, recordingId }: Pick<CountedPart, "key" | "recordingId">): boolean {
    return this.logs.get(recordingId)?.isRemoved(key) === true;
  }

  /** The replacements of a recording. */
  logOf(recordingId: string): ReplacementLog {
    const log = getOrAdd(this.logs, recordingId, () => new ReplacementLog(this.#store, this.#dataset, recordingId));
    return log;
  }

  /**
   * Releases the memory of rarely needed data: the replacements of recordings without parts, which are read again if
   * somebody asks for them, and the times of removed parts.
   *
   * @param living the recordings with parts
   */
  forget(living: ReadonlySet<string>): void {
    for (const [id, log] of this.logs) {
      if (living.has(id)) log.foldNames();
      else this.logs.delete(id);
    }
  }

  /** Reads the replacements of a recording that were added since. Resolves to it if one of them cannot be read. */
  readReplacements(recordingId: string, signal?: AbortSignal): Promise<ReadonlyMap<string, RerunError>> {
    this.logOf(recordingId);
    return this.readAllReplacements(recordingId, new Set(), signal);
  }

  /**
   * Reads the replacements that were added since, several at a time. Those of recordings without any object are left
   * unread, because nothing of such a recording can count: most were removed long ago. Resolves to the recordings with
   * a replacement that cannot be read.
   *
   * @param recordingId the recording. Default: all
   * @param present the recordings of which objects were found before
   */
  async readAllReplacements(
    recordingId: string | undefined,
    present: Set<string>,
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, RerunError>> {
    const listed = new Map<string, ListedLog>();
    for await (const object of this.#store.list(replacementPrefix(this.#dataset, recordingId), { signal })) {
      const id = parseReplacementKey(object.key)?.recordingId;
      if (id === undefined) continue;
      const log = getOrAdd(listed, id, () => new ListedLog());
      log.add(object);
    }
    const isKnown = (id: string): boolean => id === recordingId || this.logs.has(id) || present.has(id);
    if ([...listed.keys()].some((id) => !isKnown(id))) await this.#findMadeParts(present, signal);
    const unclear = new Map<string, RerunError>();
    const reading = new InParallel(READ_AHEAD);
    await Promise.all(
      [...listed].map(async ([id, log]) => {
        const problem = isKnown(id) ? await this.#readLog(id, log, reading, signal) : undefined;
        if (problem !== undefined) unclear.set(id, problem);
      }),
    );
    return unclear;
  }

  /** Reads a listed log. Resolves to the damage of one of its objects. */
  async #readLog(
    recordingId: string,
    log: ListedLog,
    reading: InParallel,
    signal: AbortSignal | undefined,
  ): Promise<RerunError | undefined> {
    try {
      // A list may lack recent objects. Their numbers are consecutive, so reading on finds them all.
      await this.logOf(recordingId).read(log, reading, signal);
      return undefined;
    } catch (error) {
      if (isRerunError(error) && error.code === "INVALID_FORMAT") return error;
      throw error;
    }
  }

  /** Adds the recordings that have parts made of others. */
  async #findMadeParts(present: Set<string>, signal: AbortSignal | undefined): Promise<void> {
    for await (const { key } of this.#store.list(madePartPrefix(this.#dataset), { signal })) {
      const made = parseMadePartKey(key);
      if (made !== undefined) present.add(made.recordingId);
    }
  }

  /**
   * Lists the parts that producers have uploaded or commits name, also those that were replaced.
   *
   * @param unclear gets the recordings of which it is unclear which parts count
   */
  async *listObjects(
    recordingId: string | undefined,
    unclear: Map<string, RerunError>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<CountedPart> {
    for (const list of this.#lists(recordingId, unclear, signal)) yield* list;
  }

  /** The lists of parts of producers, of parts of ingesters, and of those in bundles. */
  #lists(
    recordingId: string | undefined,
    unclear: Map<string, RerunError>,
    signal: AbortSignal | undefined,
  ): readonly AsyncGenerator<CountedPart>[] {
    return [
      this.#listUploaded(recordingId, signal),
      this.#listCommitted(recordingId, unclear, signal),
      this.committed.listBundled(recordingId, signal),
    ];
  }

  async *#listUploaded(recordingId: string | undefined, signal: AbortSignal | undefined): AsyncGenerator<CountedPart> {
    const prefix = directPrefix(this.#dataset, recordingId);
    for await (const { key, size, modified } of this.#store.list(prefix, { signal })) {
      const part = parsePartKey(key);
      if (part !== undefined) yield { ...part, size, modified };
    }
  }

  async *#listCommitted(
    recordingId: string | undefined,
    unclear: Map<string, RerunError>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<CountedPart> {
    for await (const { problem, ...part } of this.committed.list(recordingId, signal)) {
      if (problem !== undefined) unclear.set(part.recordingId, problem);
      yield withoutCommit(part);
    }
  }
}

async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of list) found.push(each);
  return found;
}

function withoutCommit({ key, size, recordingId, layer, modified }: Omit<CommittedObject, "problem">): CountedPart {
  return { key, size, recordingId, layer, modified };
}
