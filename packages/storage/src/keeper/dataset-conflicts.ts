import type { CatalogClient, DatasetEntry } from "@rerun-ts/catalog";
import { messageOf } from "@rerun-ts/core/checks";
import { fittingParts } from "../reading/part-columns.ts";
import { partOfKey, type PartNames } from "../replacements/part-of-key.ts";
import type { DueWork } from "../status/due-work.ts";
import type { LayerComparison } from "./layer-comparison.ts";
import type { PartFiles, StoredPart } from "./part-files.ts";
import type { PartTypes } from "./part-types.ts";
import { byRecording, type KeptPart, type PartsView } from "./parts-view.ts";
import type { Quarantine } from "./quarantine.ts";

/** Settings of {@link DatasetConflicts}. */
export interface DatasetConflictsOptions {
  readonly name: string;
  readonly files: Pick<PartFiles, "urlOf">;
  readonly quarantine: Quarantine;
  readonly work: Pick<DueWork, "isDue" | "succeed">;
  readonly parts: Pick<PartsView, "counted">;
  readonly layers: LayerComparison;
  readonly types: Pick<PartTypes, "ofAll">;
  /** Whether a part is not too old. */
  readonly isYoung: (part: PartNames) => boolean;
  /** Whether a part is to be registered. */
  readonly isWanted: (part: PartNames | undefined) => boolean;
  readonly register: (entry: DatasetEntry, parts: readonly StoredPart[], signal: AbortSignal) => Promise<void>;
  readonly onFailed: (key: string, reason: string) => void;
}

/**
 * Decides which parts are in a dataset if they have different types in one column: those with most of the data, and not
 * the first ones, so that a restarted catalog has the same parts. Most of the others are in the dataset for conflicts.
 */
export class DatasetConflicts {
  readonly #options: DatasetConflictsOptions;

  constructor(options: DatasetConflictsOptions) {
    this.#options = options;
  }

  /** @throws {RerunError} the error of the catalog */
  async settle(catalog: CatalogClient, entry: DatasetEntry, signal: AbortSignal): Promise<void> {
    const { quarantine, work, name, parts, layers, types, isYoung, isWanted, onFailed } = this.#options;
    if (![...quarantine.conflicts].some((key) => isWanted(partOfKey(name, key)))) return;
    const candidates = [...parts.counted.values()]
      .filter(isYoung)
      .filter(({ key, layer }) => layers.has(layer) || quarantine.conflicts.has(key))
      .sort(byRecording);
    const title = `the types of the dataset ${name}`;
    const typed = await types.ofAll(candidates, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      // Everything stays in its place until all types are known.
      onFailed(title, messageOf(error));
      return undefined;
    });
    if (typed === undefined) return;
    work.succeed(title);
    const fitting = new Set(fittingParts(typed));
    const others = new Set(fittingParts(typed.filter((each) => !fitting.has(each))));
    // Removed first, because a dataset cannot have both types.
    for (const each of typed) {
      if (!fitting.has(each)) await this.#setAside(entry, each.part, signal);
      if (!others.has(each) && this.#isInConflicts(each.part)) await quarantine.takeOut(catalog, each.part, signal);
    }
    const back = Array.from(fitting, ({ part }) => part).filter(({ layer }) => !layers.has(layer));
    for (const { key } of back) quarantine.drop(key);
    if (back.length > 0) await this.#options.register(entry, back, signal);
    for (const { part } of others) await this.#putInConflicts(catalog, part, signal);
  }

  async #setAside(entry: DatasetEntry, part: KeptPart, signal: AbortSignal): Promise<void> {
    const { quarantine, layers } = this.#options;
    if (!layers.has(part.layer)) return;
    await entry.unregister({ segmentsToDrop: part.recordingId, layersToDrop: part.layer, signal });
    layers.unregister(part.layer, part);
    quarantine.setAside(part.key, "most of the data has another type in one of its columns");
  }

  async #putInConflicts(catalog: CatalogClient, part: KeptPart, signal: AbortSignal): Promise<void> {
    const { quarantine, work, files, name, onFailed } = this.#options;
    const { key, layer } = part;
    if (this.#isInConflicts(part) || !work.isDue(key)) return;
    const failure = await quarantine.putInConflicts(catalog, name, key, { layer, url: files.urlOf(key) }, signal);
    if (failure !== undefined) onFailed(key, failure);
  }

  #isInConflicts({ key }: KeptPart): boolean {
    return this.#options.quarantine.parts.get(key)?.dataset !== undefined;
  }
}
