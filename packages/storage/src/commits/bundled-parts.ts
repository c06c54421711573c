import type { RerunError } from "@rerun-ts/core";
import type { BundlePlace } from "../parts/read-part.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { mayHave, shortName, type ListedBundle } from "./bundle-keys.ts";
import type { Commit } from "./commit.ts";
import { listBundles } from "./list-bundles.ts";
import { parseLogPartKey } from "./log-keys.ts";

/** Number of commits to read at a time. */
const READ_AHEAD = 64;

/** A part in a bundle. It takes little memory, because there may be a great many. */
export class BundledPart {
  readonly key: string;
  readonly recordingId: string;
  readonly size: number;
  readonly sha256: string;
  readonly #bundle: string;
  readonly #offset: number;
  readonly #ms: number | undefined;

  constructor(
    { key, recordingId }: Pick<BundledPart, "key" | "recordingId">,
    { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
    bundle: Pick<ListedBundle, "key" | "modified">,
    offset: number,
  ) {
    [this.key, this.recordingId, this.size, this.sha256] = [key, recordingId, bytes, sha256];
    [this.#bundle, this.#offset, this.#ms] = [bundle.key, offset, bundle.modified?.getTime()];
  }

  get bundle(): BundlePlace {
    return { key: this.#bundle, offset: this.#offset };
  }

  get modified(): Date | undefined {
    return this.#ms === undefined ? undefined : new Date(this.#ms);
  }

  /** The name of the layer in catalogs: the key without the dataset and the extension. */
  get layer(): string {
    return this.key.slice(this.key.indexOf("/", "v1/".length) + 1, this.key.lastIndexOf("."));
  }
}

/** Reads commits, and knows which are damaged. */
export interface BundleCommits {
  /** `undefined` if there is no such commit yet, or if it is damaged. */
  read(key: string, signal: AbortSignal | undefined): Promise<Pick<Commit, "parts"> | undefined>;
  damageOf(key: string): RerunError | undefined;
}

/** Finds the parts in bundles, by the short names in their keys and by their commits. */
export class BundledParts {
  readonly #store: Pick<ObjectStore, "list">;
  readonly #dataset: string;
  readonly #commits: BundleCommits;
  /** The parts of the bundles of the last list of everything, if they are remembered. */
  #known: Map<string, readonly BundledPart[]> | undefined;
  /** The bundles with a damaged commit, and the damage. */
  readonly #damaged = new Map<string, { readonly bundle: ListedBundle; readonly problem: RerunError }>();
  /** The bundles of the last list of everything that their commit does not name, or not yet. */
  unnamed: readonly ListedBundle[] = [];

  /** @param remembers whether a list of everything is fast the next time, at the cost of memory */
  constructor(store: Pick<ObjectStore, "list">, dataset: string, commits: BundleCommits, remembers: boolean) {
    this.#store = store;
    this.#dataset = dataset;
    this.#commits = commits;
    this.#known = remembers ? new Map() : undefined;
  }

  /** Lists the parts of all recordings, or of one. */
  async *list(recordingId: string | undefined, signal: AbortSignal | undefined): AsyncGenerator<BundledPart> {
    const name = recordingId === undefined ? undefined : shortName(recordingId);
    const isWanted = (bundle: ListedBundle): boolean => name === undefined || mayHave(bundle, name);
    const bundles = await listBundles(this.#store, this.#dataset, isWanted, signal);
    const partsByKey = new Map<string, readonly BundledPart[]>();
    const unnamed: ListedBundle[] = [];
    if (name === undefined) this.#damaged.clear();
    for (let start = 0; start < bundles.length; start += READ_AHEAD) {
      const some = bundles.slice(start, start + READ_AHEAD);
      const partsOfEach = await Promise.all(some.map((bundle) => this.partsOf(bundle, signal)));
      for (const [index, bundle] of some.entries()) {
        const parts = partsOfEach[index];
        if (parts !== undefined && this.#known !== undefined) partsByKey.set(bundle.key, parts);
        if ((parts?.length ?? 0) === 0 && !this.#damaged.has(bundle.key)) unnamed.push(bundle);
        for (const part of parts ?? []) if (recordingId === undefined || part.recordingId === recordingId) yield part;
      }
    }
    if (name !== undefined) return;
    this.unnamed = unnamed;
    if (this.#known !== undefined) this.#known = partsByKey;
  }

  /** The damage of a commit of a bundle that may have a part of a recording, of the lists so far. */
  problemOf(recordingId: string): RerunError | undefined {
    if (this.#damaged.size === 0) return undefined;
    const name = shortName(recordingId);
    for (const { bundle, problem } of this.#damaged.values()) if (mayHave(bundle, name)) return problem;
    return undefined;
  }

  /** The parts of a bundle, `undefined` if its commit is not there, or damaged. */
  async partsOf(bundle: ListedBundle, signal: AbortSignal | undefined): Promise<readonly BundledPart[] | undefined> {
    const known = this.#known?.get(bundle.key);
    if (known !== undefined) return known;
    const commit = await this.#commits.read(bundle.commit, signal);
    const problem = this.#commits.damageOf(bundle.commit);
    if (problem === undefined) this.#damaged.delete(bundle.key);
    else this.#damaged.set(bundle.key, { bundle, problem });
    return commit === undefined ? undefined : partsIn(this.#dataset, bundle, commit);
  }
}

/** The parts of a bundle by its commit. */
export function partsIn(
  dataset: string,
  bundle: Pick<ListedBundle, "key" | "modified" | "commit">,
  { parts }: Pick<Commit, "parts">,
): readonly BundledPart[] {
  return parts.flatMap((part) => {
    if (part.bundle?.key !== bundle.key) return [];
    const name = parseLogPartKey(dataset, part.key);
    return name?.commit === bundle.commit ? [new BundledPart(name, part, bundle, part.bundle.offset)] : [];
  });
}
