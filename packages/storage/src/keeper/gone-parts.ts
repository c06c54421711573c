import type { CommittedParts } from "../commits/committed-parts.ts";
import { parseLogPartKey } from "../commits/log-keys.ts";
import type { PartNames } from "../replacements/part-of-key.ts";
import { InParallel } from "../store/in-parallel.ts";
import type { ObjectStore } from "../store/object-store.ts";

const ASKED_AT_ONCE = 16;

/**
 * Finds registered parts that the store has no more, such as after it was restored from an older copy: others may have
 * their rows by now. A part is gone if two complete lists in succession lack it, and the store has no object with its
 * key. One that a commit names was lost, which is damage, and is not gone.
 */
export class GoneParts {
  readonly #store: Pick<ObjectStore, "head">;
  readonly #committed: Pick<CommittedParts, "isNamed" | "isDamaged">;
  /** The layers of the parts that the last complete list and the store lacked, and those of lost parts. */
  #absent: ReadonlySet<string> = new Set();
  #lost: ReadonlySet<string> = new Set();
  #gone: ReadonlySet<string> = new Set();

  constructor(store: Pick<ObjectStore, "head">, committed: Pick<CommittedParts, "isNamed" | "isDamaged">) {
    this.#store = store;
    this.#committed = committed;
  }

  /** Whether a part was gone at the last check. */
  has({ layer }: Pick<PartNames, "layer">): boolean {
    return this.#gone.has(layer);
  }

  /**
   * Checks parts that a complete list lacks. Returns the number of those that are gone since the last check, and
   * whether the next complete list decides about others.
   *
   * @throws {RerunError} the error of the store
   */
  async check(
    dataset: string,
    parts: readonly PartNames[],
    signal: AbortSignal,
  ): Promise<{ readonly found: number; readonly isUndecided: boolean }> {
    const absent = new Set<string>();
    const lost = new Set<string>();
    const inParallel = new InParallel(ASKED_AT_ONCE);
    const ask = async ({ key, layer }: PartNames): Promise<void> => {
      if (!this.#lost.has(layer)) {
        if ((await this.#store.head(key, { signal })) !== undefined) return;
        const commit = parseLogPartKey(dataset, key)?.commit;
        const isNamed = commit !== undefined && (await this.#committed.isNamed(key, commit, signal)) === true;
        const isUnclear = commit !== undefined && this.#committed.isDamaged(commit);
        if (!isNamed && !isUnclear) {
          absent.add(layer);
          return;
        }
      }
      lost.add(layer);
    };
    await Promise.all(parts.map((part) => inParallel.run(() => ask(part))));
    const gone = new Set([...absent].filter((layer) => this.#absent.has(layer)));
    const found = [...gone].filter((layer) => !this.#gone.has(layer)).length;
    [this.#absent, this.#lost, this.#gone] = [absent, lost, gone];
    return { found, isUndecided: absent.size > gone.size };
  }
}
