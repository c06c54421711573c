import type { CatalogClient } from "@rerun-ts/catalog";
import { isRerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { datasetPrefix } from "../commits/log-keys.ts";
import { partOfKey, partOfLayer, type PartNames } from "../replacements/part-of-key.ts";
import type { PartFiles } from "./part-files.ts";
import { registerNew, registeredParts, type PartToRegister } from "./register-parts.ts";

/** The end of the name of the dataset for the parts that do not fit. */
export const CONFLICTS = ".conflicts";
const DOES_NOT_FIT = "it does not fit the parts in the dataset";
/**
 * The first and the longest wait until a damaged part is read again, in milliseconds: it may have been damaged on its
 * way only, or was restored. The wait doubles each time.
 */
const [FIRST_WAIT_MS, MAX_WAIT_MS] = [10_000, 600_000];

/** A part that is not in its dataset. */
export interface QuarantinedPart {
  readonly key: string;
  /** The dataset that has it instead, if there is one. */
  readonly dataset: string | undefined;
  readonly reason: string;
}

/** The parts that a catalog cannot have in their dataset: damaged ones, and those that do not fit to the others. */
export class Quarantine {
  /** By their keys. */
  readonly parts: Map<string, QuarantinedPart> = new Map();
  /** The keys of those that do not fit to the others. */
  readonly conflicts: Set<string> = new Set();
  /** The keys of parts with files that this keeper has not registered. */
  readonly foreign: Set<string> = new Set();
  /** When damaged parts are read again, and the wait until then, by their keys. */
  readonly #waits = new Map<string, { readonly until: number; readonly ms: number }>();
  readonly #files: Pick<PartFiles, "remove">;
  readonly #log: (text: string) => void;
  readonly #now: () => number;

  /** @param now the clock of the keeper, in milliseconds */
  constructor(files: Pick<PartFiles, "remove">, log: (text: string) => void, now: () => number) {
    this.#files = files;
    this.#log = log;
    this.#now = now;
  }

  /** Leaves out a damaged part for some time. */
  leaveOut(key: string, reason: string): void {
    const before = this.#waits.get(key)?.ms;
    const ms = before === undefined ? FIRST_WAIT_MS : Math.min(2 * before, MAX_WAIT_MS);
    this.#waits.set(key, { until: this.#now() + ms, ms });
    if (this.parts.get(key)?.reason !== reason) this.#note({ key, dataset: undefined, reason });
  }

  /** Whether a part is here, and not to be tried now. */
  holds(key: string): boolean {
    const wait = this.#waits.get(key);
    return this.parts.has(key) && (wait === undefined || this.#now() < wait.until);
  }

  /** Leaves out a part that does not fit to the others of its dataset. */
  setAside(key: string, reason: string): void {
    this.conflicts.add(key);
    this.parts.set(key, { key, dataset: undefined, reason });
    this.#log(`${key} does not fit: ${reason}`);
  }

  /** Registers a part in the dataset for those that do not fit. Returns the reason if that fails. */
  async putInConflicts(
    catalog: CatalogClient,
    name: string,
    key: string,
    part: PartToRegister,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const dataset = `${name}${CONFLICTS}`;
    const conflicts = await catalog.createDataset(dataset, { existOk: true, signal });
    const { refused } = await registerNew(conflicts, [part], { signal });
    const [refusal] = refused;
    if (refusal !== undefined) return messageOf(refusal.error);
    this.conflicts.add(key);
    this.#note({ key, dataset, reason: this.parts.get(key)?.reason ?? DOES_NOT_FIT });
    return undefined;
  }

  /** Takes a part out of the dataset for those that do not fit. */
  async takeOut(catalog: CatalogClient, part: PartNames, signal: AbortSignal): Promise<void> {
    await this.#unregister(catalog, part, signal);
    const { reason = DOES_NOT_FIT } = this.parts.get(part.key) ?? {};
    this.parts.set(part.key, { key: part.key, dataset: undefined, reason });
  }

  /** Forgets a part. */
  drop(key: string): void {
    this.parts.delete(key);
    this.conflicts.delete(key);
    this.foreign.delete(key);
    this.#waits.delete(key);
  }

  /**
   * Forgets the parts of a dataset, and finds out which of them do not fit in another catalog.
   *
   * @param isOwn whether this keeper has registered a file
   */
  async restart(
    catalog: CatalogClient,
    name: string,
    signal: AbortSignal,
    isOwn: (part: PartNames, url: string) => boolean,
  ): Promise<void> {
    for (const key of this.parts.keys()) if (key.startsWith(datasetPrefix(name))) this.drop(key);
    const dataset = `${name}${CONFLICTS}`;
    let conflicts;
    try {
      conflicts = await catalog.getDataset(dataset, { signal });
    } catch (error) {
      if (isRerunError(error) && error.code === "NOT_FOUND") return;
      throw error;
    }
    for (const text of await registeredParts(conflicts, { signal })) {
      const part = partOfLayer(name, text.slice(0, text.indexOf(" ")));
      if (part === undefined) continue;
      const { key } = part;
      if (!isOwn(part, text.slice(text.indexOf(" ") + 1))) this.foreign.add(key);
      this.conflicts.add(key);
      this.parts.set(key, { key, dataset, reason: DOES_NOT_FIT });
    }
  }

  /** Unregisters the parts of a dataset that do not count any more. */
  async forget(
    catalog: CatalogClient,
    name: string,
    isGone: (part: PartNames) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    for (const key of this.parts.keys()) {
      const part = key.startsWith(datasetPrefix(name)) ? partOfKey(name, key) : undefined;
      if (part === undefined || !isGone(part)) continue;
      await this.#unregister(catalog, part, signal);
      this.drop(key);
      await this.#files.remove(key);
    }
  }

  async #unregister(catalog: CatalogClient, part: PartNames, signal: AbortSignal): Promise<void> {
    const dataset = this.parts.get(part.key)?.dataset;
    if (dataset === undefined) return;
    const conflicts = await catalog.getDataset(dataset, { signal });
    await conflicts.unregister({ segmentsToDrop: part.recordingId, layersToDrop: part.layer, signal });
  }

  #note(part: QuarantinedPart): void {
    this.parts.set(part.key, part);
    const where = part.dataset === undefined ? "it is in no dataset" : `it is in the dataset ${part.dataset} instead`;
    this.#log(`refused ${part.key}, and ${where}: ${part.reason}`);
  }
}
