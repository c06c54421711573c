import { messageOf } from "@rerun-ts/core/checks";
import type { CommittedParts } from "../commits/committed-parts.ts";
import { parseLogPartKey } from "../commits/log-keys.ts";
import type { PartNames } from "../replacements/part-of-key.ts";
import type { DueWork } from "../status/due-work.ts";
import { InParallel } from "../store/in-parallel.ts";
import type { ObjectStore } from "../store/object-store.ts";

const PARALLEL_HEADS = 16;

/** Settings of {@link GoneParts}. */
export interface GonePartsOptions {
  readonly store: Pick<ObjectStore, "url" | "head">;
  readonly dataset: string;
  readonly committed: Pick<CommittedParts, "isNamed" | "isDamaged">;
  readonly work: Pick<DueWork, "fail" | "isDue" | "recover">;
  readonly log: (text: string) => void;
}

/**
 * Finds registered parts that the store has no more, such as after it was restored from an older copy: others may have
 * their rows by now. A part is gone if two complete lists in succession lack it, and the store has no object with its
 * key. One that a commit names was lost, which is damage, and is not gone.
 */
export class GoneParts {
  readonly #options: GonePartsOptions;
  /** Whether everything was listed, and whether the catalog was asked for what it has, since the last check. */
  #isListed = false;
  #isCompared = false;
  /** The layers of the parts that the last complete list and the store lacked, and those of lost parts. */
  #absent: ReadonlySet<string> = new Set();
  #lost: ReadonlySet<string> = new Set();
  #gone: ReadonlySet<string> = new Set();

  constructor(options: GonePartsOptions) {
    this.#options = options;
  }

  /** Whether a part was gone at the last check. */
  has({ layer }: Pick<PartNames, "layer">): boolean {
    return this.#gone.has(layer);
  }

  /** Notes that everything was listed. */
  noteList(): void {
    this.#isListed = true;
  }

  /** Notes that the catalog was asked what it has: the last request of a killed keeper may have arrived. */
  noteComparison(): void {
    this.#isCompared = true;
  }

  /** Checks nothing, because the store has nothing at all: another folder may be mounted in its place. */
  skip(): void {
    this.#options.work.recover(this.#title);
  }

  /**
   * Checks parts that complete lists lack, once after each list or comparison. Returns whether the next complete list
   * decides about some of them. All stay as they are until the store answers.
   *
   * @param candidates the parts, without those of other keepers
   */
  async check(candidates: () => readonly PartNames[], signal: AbortSignal): Promise<boolean> {
    const { store, dataset, work, log } = this.#options;
    if (!(this.#isListed || this.#isCompared) || !work.isDue(this.#title)) return false;
    const absent = new Set<string>();
    const lost = new Set<string>();
    const inParallel = new InParallel(PARALLEL_HEADS);
    const ask = async (part: PartNames): Promise<void> => {
      if (this.#lost.has(part.layer)) lost.add(part.layer);
      else if ((await store.head(part.key, { signal })) === undefined)
        ((await this.#isCommitted(part, signal)) ? lost : absent).add(part.layer);
    };
    try {
      await Promise.all(candidates().map((part) => inParallel.run(() => ask(part))));
    } catch (error) {
      signal.throwIfAborted();
      const reason = messageOf(error);
      if (work.fail(this.#title, reason)) log(`${this.#title} stay registered: ${reason}`);
      return false;
    }
    work.recover(this.#title);
    this.#isCompared = false;
    if (!this.#isListed) return [...absent].some((layer) => !this.#absent.has(layer));
    const gone = new Set([...absent].filter((layer) => this.#absent.has(layer)));
    const newlyGone = [...gone].filter((layer) => !this.#gone.has(layer)).length;
    const parts = newlyGone === 1 ? "1 part" : `${newlyGone} parts`;
    if (newlyGone > 0)
      log(`${parts} of the dataset ${dataset} will be unregistered, because ${store.url} does not have them any more`);
    [this.#absent, this.#lost, this.#gone, this.#isListed] = [absent, lost, gone, false];
    return absent.size > gone.size;
  }

  get #title(): string {
    return `the registered parts of the dataset ${this.#options.dataset} that are not in lists`;
  }

  /** Whether a commit names a part, or may name it, because the commit is damaged. */
  async #isCommitted({ key }: PartNames, signal: AbortSignal): Promise<boolean> {
    const { dataset, committed } = this.#options;
    const commit = parseLogPartKey(dataset, key)?.commit;
    if (commit === undefined) return false;
    return (await committed.isNamed(key, commit, signal)) === true || committed.isDamaged(commit);
  }
}
