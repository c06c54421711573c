import { isRerunError, type RerunError } from "@rerun-ts/core";
import { CommittedParts } from "../commits/committed-parts.ts";
import { directPrefix, parsePartKey } from "../parts/part-key.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { parseMadePartKey, parseReplacementKey, replacementPrefix } from "./replacement-keys.ts";
import { ReplacementLog } from "./replacement-log.ts";

/** Number of recordings whose replacements are read at once. */
const READ_AHEAD = 16;

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
  /** By the id of the recording. */
  readonly logs: Map<string, ReplacementLog> = new Map();
  /** The times of the replacements, by the clock of the store. */
  readonly times: Map<string, Date> = new Map();
  readonly committed: CommittedParts;
  readonly #store: Pick<ObjectStore, "list" | "read">;
  readonly #dataset: string;

  constructor(store: Pick<ObjectStore, "list" | "read">, dataset: string) {
    this.#store = store;
    this.#dataset = dataset;
    this.committed = new CommittedParts(store, dataset);
  }

  /** Lists the parts of all recordings, or of one. */
  async list(recordingId?: string, signal?: AbortSignal): Promise<ListedParts> {
    const unclear = new Map<string, RerunError>();
    const listed = await this.#listObjects(recordingId, unclear, signal);
    // Replacements are read last: a part that was deleted before the list was replaced before, too. Its data is then
    // in a part that a replacement names.
    for (const [id, problem] of await this.readReplacements(recordingId, signal)) unclear.set(id, problem);
    const counted: CountedPart[] = [];
    for (const [id, { made }] of this.logs) {
      if ((recordingId !== undefined && id !== recordingId) || unclear.has(id)) continue;
      for (const { key, bytes, newest } of made.values()) {
        const layer = parseMadePartKey(key)?.layer ?? key;
        counted.push({ key, size: bytes, recordingId: id, layer, modified: new Date(newest) });
      }
    }
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

  /** Reads the replacements that were added since. Resolves to the recordings with one that cannot be read. */
  async readReplacements(recordingId?: string, signal?: AbortSignal): Promise<ReadonlyMap<string, RerunError>> {
    const unclear = new Map<string, RerunError>();
    const newest = new Map<string, number>();
    for await (const { key, modified } of this.#store.list(replacementPrefix(this.#dataset, recordingId), { signal })) {
      const found = parseReplacementKey(key);
      if (found === undefined) continue;
      newest.set(found.recordingId, found.number);
      if (modified !== undefined) this.times.set(key, modified);
    }
    const behind = [...newest].filter(([id, number]) => this.logOf(id).next <= number);
    for (let at = 0; at < behind.length; at += READ_AHEAD) {
      const some = behind.slice(at, at + READ_AHEAD);
      // A list may lack recent objects. Their numbers are consecutive, so reading on finds them all.
      await Promise.all(
        some.map(async ([id, number]) => {
          const log = this.logOf(id);
          try {
            while (log.next <= number) await log.readNext(signal);
          } catch (error) {
            if (!isRerunError(error) || error.code !== "INVALID_FORMAT") throw error;
            unclear.set(id, error);
          }
        }),
      );
    }
    return unclear;
  }

  async #listObjects(
    recordingId: string | undefined,
    unclear: Map<string, RerunError>,
    signal: AbortSignal | undefined,
  ): Promise<CountedPart[]> {
    const parts: CountedPart[] = [];
    for await (const { key, size, modified } of this.#store.list(directPrefix(this.#dataset, recordingId), {
      signal,
    })) {
      const part = parsePartKey(key);
      if (part !== undefined) parts.push({ ...part, size, modified });
    }
    for await (const { problem, ...part } of this.committed.list(recordingId, signal)) {
      if (problem !== undefined) unclear.set(part.recordingId, problem);
      const { key, size, recordingId: id, layer, modified } = part;
      parts.push({ key, size, recordingId: id, layer, modified });
    }
    return parts;
  }
}
