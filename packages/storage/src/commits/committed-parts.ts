import { isRerunError, type RerunError } from "@rerun-ts/core";
import type { PlacedPart } from "../parts/read-part.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import type { BundleIndex } from "./bundle-index.ts";
import { BundledParts, type BundledPart } from "./bundled-parts.ts";
import { decodeCommit, type Commit } from "./commit.ts";
import { FoldedCommits } from "./folded-commits.ts";
import { logPartPrefix, parseLogPartKey, placeOfKey, type LogPart } from "./log-keys.ts";
import { NewCommits } from "./new-commits.ts";

/** Number of commits to read at a time. */
const READ_AHEAD = 64;

/** Which part, its size and its time. */
export type CommittedObject = LogPart &
  Pick<ObjectInfo, "size" | "modified"> & {
    /** The damage of its commit, if it is therefore unclear whether the part counts. */
    readonly problem: RerunError | undefined;
  };

/** A part that a commit names, with an object of its own or in a bundle. */
export interface AddedPart extends LogPart, PlacedPart {
  readonly modified: Date | undefined;
  readonly sha256: string;
}

/**
 * Finds the parts of a dataset that commits name. Others with such keys do not count: their ingesters were killed, or
 * have not committed them yet. It remembers the commits that it has read, which never change. Damaged ones may be
 * restored, and are read again.
 */
export class CommittedParts {
  /** The commits that were added since they were asked for. */
  readonly added: NewCommits;
  readonly bundles: BundledParts;
  /** The parts in bundles of the share that is worked on, if they are not to be listed again. */
  bundleIndex: BundleIndex | undefined;
  readonly #store: Pick<ObjectStore, "list" | "read">;
  readonly #dataset: string;
  /** The numbers in the names of the parts of each commit, oldest commit first. */
  readonly #commits = new Map<string, readonly number[]>();
  readonly #maxCommits: number;
  readonly #folded: FoldedCommits;
  /** The damage of commits, or their other version, at the last attempt to read them. */
  readonly #problems = new Map<string, RerunError>();

  /** @param maxCommits the most commits in memory. Others are read again */
  constructor(
    store: Pick<ObjectStore, "list" | "read" | "listFolders">,
    dataset: string,
    maxCommits: number = Infinity,
  ) {
    this.#store = store;
    this.#dataset = dataset;
    this.#maxCommits = maxCommits;
    this.#folded = new FoldedCommits(store, dataset);
    this.added = new NewCommits(store, dataset);
    const commits = {
      read: (key: string, signal: AbortSignal | undefined) => this.#read(key, signal),
      damageOf: (key: string) => this.#problems.get(key),
    };
    this.bundles = new BundledParts(store, dataset, commits, maxCommits === Infinity);
  }

  /** Lists the parts in bundles, of all recordings or of one. */
  async *listBundled(recordingId?: string, signal?: AbortSignal): AsyncGenerator<BundledPart> {
    if (recordingId === undefined || this.bundleIndex === undefined) yield* this.bundles.list(recordingId, signal);
    else yield* this.bundleIndex.of(recordingId);
  }

  /** Lists the parts with objects of their own, of all recordings or of one. */
  async *list(recordingId?: string, signal?: AbortSignal): AsyncGenerator<CommittedObject> {
    const objects = this.#store.list(logPartPrefix(this.#dataset, recordingId), { signal });
    const used = new Set<string>();
    for await (const { object, problem } of this.among(objects, signal)) {
      const part = parseLogPartKey(this.#dataset, object.key);
      if (part === undefined) continue;
      used.add(part.commit);
      yield { ...part, size: object.size, modified: object.modified, problem };
    }
    // Of the others, all parts were deleted.
    if (recordingId === undefined)
      for (const key of this.#commits.keys()) if (!used.has(key)) this.#commits.delete(key);
  }

  /** Finds the parts among listed objects. */
  async *among<Listed extends ObjectInfo>(
    objects: AsyncIterable<Listed> | Iterable<Listed>,
    signal?: AbortSignal,
  ): AsyncGenerator<{ readonly object: Listed; readonly problem: RerunError | undefined }> {
    let found: { readonly object: Listed; readonly commit: string }[] = [];
    for await (const object of objects) {
      const commit = parseLogPartKey(this.#dataset, object.key)?.commit;
      if (commit === undefined || found.push({ object, commit }) < READ_AHEAD) continue;
      yield* await this.#committed(found, signal);
      found = [];
    }
    yield* await this.#committed(found, signal);
  }

  /**
   * The parts of the commits that were added since the last call, without listing parts.
   *
   * @throws {RerunError} `INVALID_FORMAT` if one of them is damaged: which parts it names is unclear then
   */
  async *listAdded(signal?: AbortSignal): AsyncGenerator<AddedPart> {
    const commits: ObjectInfo[] = [];
    for await (const commit of this.added.list(signal)) commits.push(commit);
    for (let at = 0; at < commits.length; at += READ_AHEAD) {
      const some = commits.slice(at, at + READ_AHEAD);
      const read = await Promise.all(some.map(({ key }) => this.#read(key, signal)));
      for (const [index, { key: commit, modified }] of some.entries()) {
        const problem = this.#problems.get(commit);
        if (problem !== undefined) throw problem;
        for (const { key, bytes: size, sha256, bundle } of read[index]?.parts ?? []) {
          const part = parseLogPartKey(this.#dataset, key);
          if (part?.commit === commit) yield { ...part, size, modified, sha256, bundle };
        }
      }
    }
  }

  /** Whether a commit names an object; `undefined` if there is no such commit yet, or if it is damaged. */
  async isNamed(key: string, commit: string, signal?: AbortSignal): Promise<boolean | undefined> {
    return (await this.#namesIn(commit, signal))?.includes(hashOf(key));
  }

  /** Whether a commit was damaged when it was read last. */
  isDamaged(commit: string): boolean {
    return this.#problems.has(commit);
  }

  async #committed<Listed extends ObjectInfo>(
    parts: readonly { readonly object: Listed; readonly commit: string }[],
    signal?: AbortSignal,
  ): Promise<{ readonly object: Listed; readonly problem: RerunError | undefined }[]> {
    const commits = new Set(parts.map(({ commit }) => commit));
    // Not looked up again, because commits may be forgotten at any time.
    const names = new Map(
      await Promise.all(Array.from(commits, async (key) => [key, await this.#namesIn(key, signal)] as const)),
    );
    return parts.flatMap(({ object, commit }) => {
      const problem = this.#problems.get(commit);
      const isCounted = problem !== undefined || names.get(commit)?.includes(hashOf(object.key)) === true;
      return isCounted ? { object, problem } : [];
    });
  }

  async #namesIn(commit: string, signal: AbortSignal | undefined): Promise<readonly number[] | undefined> {
    const known = this.#commits.get(commit);
    if (known !== undefined) return known;
    const read = await this.#read(commit, signal);
    return read && hashesIn(read);
  }

  /** Reads a commit. One of which nothing is left names nothing, whoever has created it. */
  async #read(key: string, signal?: AbortSignal): Promise<Pick<Commit, "parts"> | undefined> {
    try {
      const place = placeOfKey(key);
      const isFolded = place !== undefined && (await this.#folded.has(place.partition, place.number, signal));
      const commit = isFolded ? { parts: [] } : decodeCommit(await this.#store.read(key, { signal }), key);
      this.#commits.set(key, hashesIn(commit));
      for (const oldest of this.#commits.keys()) {
        if (this.#commits.size <= this.#maxCommits) break;
        this.#commits.delete(oldest);
      }
      this.#problems.delete(key);
      return commit;
    } catch (error) {
      if (!isRerunError(error)) throw error;
      if (error.code === "INVALID_FORMAT") this.#problems.set(key, error);
      else if (error.code !== "NOT_FOUND") throw error;
      return undefined;
    }
  }
}

/** Hashes of what a commit names: its parts and bundles. */
function hashesIn({ parts }: Pick<Commit, "parts">): readonly number[] {
  const bundles = new Set(parts.flatMap(({ bundle }) => bundle?.key ?? []));
  return [...parts.map(({ key }) => key), ...bundles].map(hashOf);
}

/** The digits of the SHA-256 in a key, which tell the parts and bundles of a commit apart. */
function hashOf(key: string): number {
  return Number.parseInt(key.slice(key.lastIndexOf("-") + 1), 16);
}
