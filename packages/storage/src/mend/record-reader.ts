import { isRerunError } from "@rerun-ts/core";
import { decodeCommit, type CommittedPart } from "../commits/commit.ts";
import { decodeCheckpoint } from "../replacements/checkpoint.ts";
import { CountedParts } from "../replacements/counted-parts.ts";
import { parseReplacementKey, replacementPrefix } from "../replacements/replacement-keys.ts";
import { decodeReplacement } from "../replacements/replacement.ts";
import type { ReplacementLog } from "../replacements/replacement-log.ts";
import type { ListObjectsOptions, ObjectInfo, ObjectStore } from "../store/object-store.ts";
import { readApart } from "../store/records-apart.ts";
import { RecordError } from "../store/stored-json.ts";

/** The most commits in memory: the parts of a recording are listed together, and those of a commit are not. */
const MAX_COMMITS = 256;

/** A commit or a replacement that cannot be read, so that it is unknown which parts count. */
export interface UnreadableRecord {
  readonly key: string;
  readonly reason: string;
}

type RecordStore = Pick<ObjectStore, "url" | "list" | "read">;

/** Reads commits and replacements. One that cannot be read is noted, and does not keep the others. */
export class RecordReader {
  readonly #store: RecordStore;
  readonly #dataset: string;
  readonly #unreadable = new Map<string, string>();
  /** The parts of the commits that were read last. */
  readonly #commits = new Map<string, readonly CommittedPart[] | undefined>();
  /** The recordings with a replacement that cannot be read. */
  readonly #unclear = new Set<string>();
  readonly #last: CountedParts;
  readonly #read: ObjectStore["read"];

  constructor(store: RecordStore, dataset: string) {
    this.#store = store;
    this.#dataset = dataset;
    this.#read = readApart(store);
    this.#last = this.newCounted();
  }

  /** The records that could not be read, by their keys. */
  get unreadable(): readonly UnreadableRecord[] {
    const found = Array.from(this.#unreadable, ([key, reason]) => ({ key, reason }));
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** The parts of a commit, `undefined` if it cannot be read or is not there. Rejects if the store is away. */
  async partsOf(commit: string): Promise<readonly CommittedPart[] | undefined> {
    if (this.#commits.has(commit)) return this.#commits.get(commit);
    if (this.#unreadable.has(commit)) return undefined;
    const [oldest] = this.#commits.keys();
    if (this.#commits.size >= MAX_COMMITS && oldest !== undefined) this.#commits.delete(oldest);
    const parts = await this.#attempt(async () => {
      const bytes = await this.#read(commit).catch(unlessMissing);
      return bytes && decodeCommit(bytes, commit).parts;
    });
    this.#commits.set(commit, parts);
    return parts;
  }

  /** Parts whose replacements {@link logOf} reads. */
  newCounted(): CountedParts {
    const list = (prefix: string, options?: ListObjectsOptions): AsyncIterable<ObjectInfo> =>
      this.#store.list(prefix, options);
    return new CountedParts({ list, read: this.#read }, this.#dataset);
  }

  /**
   * The replacements of a recording, `undefined` if one of them cannot be read: it is unclear which parts count then.
   * Rejects if the store is away.
   *
   * @param counted remembers the replacements. Default: only those of the last recording are remembered
   */
  async logOf(recordingId: string, counted: CountedParts = this.#last): Promise<ReplacementLog | undefined> {
    if (this.#unclear.has(recordingId)) return undefined;
    if (counted === this.#last && !counted.logs.has(recordingId)) counted.logs.clear();
    if (counted.logs.has(recordingId)) return counted.logOf(recordingId);
    const log = await this.#attempt(async () => {
      const problem = (await counted.readReplacements(recordingId)).get(recordingId);
      if (problem !== undefined) throw problem;
      return counted.logOf(recordingId);
    });
    if (log === undefined) {
      this.#unclear.add(recordingId);
      await this.#noteReplacements(recordingId);
    }
    return log;
  }

  /** Notes all replacements of a recording that cannot be read, so that they can be restored together. */
  async #noteReplacements(recordingId: string): Promise<void> {
    for await (const { key } of this.#store.list(replacementPrefix(this.#dataset, recordingId))) {
      const found = parseReplacementKey(key);
      if (found === undefined) continue;
      const decode = found.isCheckpoint ? decodeCheckpoint : decodeReplacement;
      await this.#attempt(async () => {
        const bytes = await this.#read(key).catch(unlessMissing);
        return bytes && decode(bytes, key);
      });
    }
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      const { key } = error;
      const reason = error.message.replace(`cannot read ${this.#store.url}/${key}: `, "").replace(`${key} `, "it ");
      this.#unreadable.set(key, reason);
      return undefined;
    }
  }
}

/** A commit that is missing has not happened yet. */
function unlessMissing(error: unknown): undefined {
  if (!isRerunError(error) || error.code !== "NOT_FOUND") throw error;
}
