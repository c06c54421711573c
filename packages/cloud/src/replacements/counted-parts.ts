import { isRerunError, type RerunError } from "@rerun-ts/core";
import { CommittedParts } from "../commits/committed-parts.ts";
import { directPrefix, parsePartKey } from "../parts/part-key.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { madePartPrefix, parseMadePartKey, parseReplacementKey, replacementPrefix } from "./replacement-keys.ts";
import { InParallel } from "../store/in-parallel.ts";
import { ReplacementLog } from "./replacement-log.ts";

/** Number of replacements that are read at once, of all recordings together. */
const READ_AHEAD = 128;

/** A part of a recording that counts. */
export interface CountedPart {
  readonly key: string;
  readonly size: number;
  readonly recordingId: string;
  /** The name of the part's layer in catalogs: the key without the dataset and the extension. */
  readonly layer: string;
  /** The time of the part's newest data, by the clock of the store, if the store reports times. */
  readonly modified: Date | undefined;
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

  constructor(store: Pick<ObjectStore, "list" | "read" | "listFolders">, dataset: string) {
    this.#store = store;
    this.#dataset = dataset;
    this.committed = new CommittedParts(store, dataset);
  }

  /** Lists the parts of all recordings, or of one. */
  async list(recordingId?: string, signal?: AbortSignal): Promise<ListedParts> {
    const unclear = new Map<string, RerunError>();
    const listed: CountedPart[] = [];
    for await (const part of this.listObjects(recordingId, unclear, signal)) listed.push(part);
    // Replacements are read last: a part that was deleted before the list was replaced before, too. Its data is then
    // in a part that a replacement names.
    const present = new Set(listed.map((part) => part.recordingId));
    for (const [id, problem] of await this.readAllReplacements(recordingId, present, signal)) unclear.set(id, problem);
    const counted: CountedPart[] = [];
    for (const id of recordingId === undefined ? this.logs.keys() : [recordingId])
      if (!unclear.has(id)) counted.push(...this.madeOf(id));
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
    return this.logs.get(recordingId)?.removed.has(key) === true;
  }

  /** The replacements of a recording. */
  logOf(recordingId: string): ReplacementLog {
    let log = this.logs.get(recordingId);
    if (log === undefined)
      this.logs.set(recordingId, (log = new ReplacementLog(this.#store, this.#dataset, recordingId)));
    return log;
  }

  /** Reads the replacements of a recording that were added since. Resolves to it if one of them cannot be read. */
  readReplacements(recordingId: string, signal?: AbortSignal): Promise<ReadonlyMap<string, RerunError>> {
    this.logOf(recordingId);
    return this.readAllReplacements(recordingId, new Set(), signal);
  }

  /**
   * Reads the replacements that were added since, several at once. Those of recordings without any object are left
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
    const listed = new Map<string, Map<number, Date | undefined>>();
    for await (const { key, modified } of this.#store.list(replacementPrefix(this.#dataset, recordingId), { signal })) {
      const found = parseReplacementKey(key);
      if (found === undefined) continue;
      const times = listed.get(found.recordingId);
      if (times === undefined) listed.set(found.recordingId, new Map([[found.number, modified]]));
      else times.set(found.number, modified);
    }
    const isKnown = (id: string): boolean => id === recordingId || this.logs.has(id) || present.has(id);
    if ([...listed.keys()].some((id) => !isKnown(id))) await this.#findMadeParts(present, signal);
    const unclear = new Map<string, RerunError>();
    const reading = new InParallel(READ_AHEAD);
    await Promise.all(
      [...listed].map(async ([id, times]) => {
        if (!isKnown(id)) return;
        const log = this.logOf(id);
        log.addTimes(times);
        try {
          // A list may lack recent objects. Their numbers are consecutive, so reading on finds them all.
          await log.readThrough(Math.max(...times.keys()), reading, signal);
        } catch (error) {
          if (!isRerunError(error) || error.code !== "INVALID_FORMAT") throw error;
          unclear.set(id, error);
        }
      }),
    );
    return unclear;
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
    for await (const { key, size, modified } of this.#store.list(directPrefix(this.#dataset, recordingId), {
      signal,
    })) {
      const part = parsePartKey(key);
      if (part !== undefined) yield { ...part, size, modified };
    }
    for await (const { problem, ...part } of this.committed.list(recordingId, signal)) {
      if (problem !== undefined) unclear.set(part.recordingId, problem);
      const { key, size, recordingId: id, layer, modified } = part;
      yield { key, size, recordingId: id, layer, modified };
    }
  }
}
