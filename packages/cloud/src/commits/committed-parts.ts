import { isRerunError, type RerunError } from "@rerun-ts/core";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import { DamagedObject } from "../store/stored-json.ts";
import { decodeCommit, type Commit } from "./commit.ts";
import { NewCommits } from "./new-commits.ts";
import { logPartPrefix, parseLogPartKey, type LogPart } from "./log-keys.ts";

/** Number of commits to read at once. */
const READ_AHEAD = 64;

/** Which part, its size and its time. */
export type CommittedObject = LogPart &
  Pick<ObjectInfo, "size" | "modified"> & {
    /** The damage of its commit, if it is therefore unclear whether the part counts. */
    readonly problem: RerunError | undefined;
  };

/**
 * Finds the parts of a dataset that commits name. Others with such keys do not count: their ingesters were killed, or
 * have not committed them yet. It remembers the commits that it has read, which never change. Damaged ones may be
 * restored, and are read again.
 */
export class CommittedParts {
  /** The commits that were added since they were asked for. */
  readonly added: NewCommits;
  readonly #store: Pick<ObjectStore, "list" | "read">;
  readonly #dataset: string;
  /** The keys of the parts of each commit. */
  readonly #commits = new Map<string, ReadonlySet<string>>();
  /** The damage of commits at the last attempt to read them. */
  readonly #problems = new Map<string, RerunError>();

  constructor(store: Pick<ObjectStore, "list" | "read" | "listFolders">, dataset: string) {
    this.#store = store;
    this.#dataset = dataset;
    this.added = new NewCommits(store, dataset);
  }

  /** Lists the parts of all recordings, or of one. */
  async *list(recordingId?: string, signal?: AbortSignal): AsyncGenerator<CommittedObject> {
    let found: Omit<CommittedObject, "problem">[] = [];
    for await (const { key, size, modified } of this.#store.list(logPartPrefix(this.#dataset, recordingId), {
      signal,
    })) {
      const part = parseLogPartKey(this.#dataset, key);
      if (part === undefined || found.push({ ...part, size, modified }) < READ_AHEAD) continue;
      yield* await this.#committed(found, signal);
      found = [];
    }
    yield* await this.#committed(found, signal);
  }

  /**
   * The parts of the commits that were added since the last call, without listing parts.
   *
   * @throws {DamagedObject} if one of them is damaged: which parts it names is unclear then
   */
  async *listAdded(signal?: AbortSignal): AsyncGenerator<CommittedObject> {
    const commits: ObjectInfo[] = [];
    for await (const commit of this.added.list(signal)) commits.push(commit);
    for (let at = 0; at < commits.length; at += READ_AHEAD) {
      const some = commits.slice(at, at + READ_AHEAD);
      const read = await Promise.all(some.map(({ key }) => this.#read(key, signal)));
      for (const [index, { key: commit, modified }] of some.entries()) {
        const problem = this.#problems.get(commit);
        if (problem !== undefined) throw problem;
        for (const { key, bytes } of read[index]?.parts ?? []) {
          const part = parseLogPartKey(this.#dataset, key);
          if (part?.commit === commit) yield { ...part, size: bytes, modified, problem };
        }
      }
    }
  }

  /** Whether a commit names an object; `undefined` if there is no such commit yet, or if it is damaged. */
  async isNamed(key: string, commit: string, signal?: AbortSignal): Promise<boolean | undefined> {
    if (!this.#commits.has(commit)) await this.#read(commit, signal);
    return this.#commits.get(commit)?.has(key);
  }

  /** Whether a commit was damaged when it was read last. */
  isDamaged(commit: string): boolean {
    return this.#problems.has(commit);
  }

  async #committed(
    parts: readonly Omit<CommittedObject, "problem">[],
    signal?: AbortSignal,
  ): Promise<CommittedObject[]> {
    const unknown = new Set(parts.map(({ commit }) => commit).filter((key) => !this.#commits.has(key)));
    await Promise.all([...unknown].map((key) => this.#read(key, signal)));
    const objects = parts.map((part) => ({ ...part, problem: this.#problems.get(part.commit) }));
    return objects.filter(({ key, commit, problem }) => problem !== undefined || this.#commits.get(commit)?.has(key));
  }

  async #read(key: string, signal?: AbortSignal): Promise<Commit | undefined> {
    try {
      const commit = decodeCommit(await this.#store.read(key, { signal }), key);
      this.#commits.set(key, new Set(commit.parts.map((part) => part.key)));
      this.#problems.delete(key);
      return commit;
    } catch (error) {
      if (error instanceof DamagedObject) this.#problems.set(key, error);
      else if (!isRerunError(error) || error.code !== "NOT_FOUND") throw error;
      return undefined;
    }
  }
}
