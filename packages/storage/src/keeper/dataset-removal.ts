import type { CatalogClient, DatasetEntry } from "@rerun-ts/catalog";
import { getOrAdd } from "@rerun-ts/core/util";
import { datasetPrefix } from "../commits/log-keys.ts";
import { partOfKey, partOfLayer, type PartNames } from "../replacements/part-of-key.ts";
import { parseMadePartKey } from "../replacements/replacement-keys.ts";
import type { GoneParts } from "./gone-parts.ts";
import type { LayerComparison } from "./layer-comparison.ts";
import type { PartFiles } from "./part-files.ts";
import type { PartTypes } from "./part-types.ts";
import type { PartsView } from "./parts-view.ts";
import type { Quarantine } from "./quarantine.ts";

/** The largest number of layers in one request. */
const UNREGISTER_BATCH = 1000;

/** Settings of {@link DatasetRemoval}. */
export interface DatasetRemovalOptions {
  readonly name: string;
  readonly recordings: ReadonlySet<string> | undefined;
  readonly files: PartFiles;
  readonly quarantine: Quarantine;
  readonly parts: PartsView;
  readonly layers: LayerComparison;
  readonly goneParts: GoneParts;
  readonly types: Pick<PartTypes, "forget">;
  /** Whether a part is not too old. */
  readonly isYoung: (part: PartNames) => boolean;
  /** Whether a part is to be registered. */
  readonly isWanted: (part: PartNames | undefined) => boolean;
}

/**
 * Unregisters parts that do not count any more, are too old or are gone, and removes their copies. Parts in whose place
 * others count wait for those.
 */
export class DatasetRemoval {
  /** The layers with files that this keeper has not registered, without those of parts that count. */
  foreign: ReadonlySet<string> = new Set();
  readonly #options: DatasetRemovalOptions;
  #isCleaned = false;

  constructor(options: DatasetRemovalOptions) {
    this.#options = options;
  }

  /** @throws {RerunError} the error of the catalog, or of the store */
  async pass(catalog: CatalogClient, entry: DatasetEntry, signal: AbortSignal): Promise<void> {
    const { name, layers, quarantine, isWanted } = this.#options;
    await this.#readRemoved(signal);
    await this.#findGone(signal);
    const incomplete = new Set<string>();
    for (const { key, recordingId } of layers.missing.values())
      if (parseMadePartKey(key) !== undefined) incomplete.add(recordingId);
    const isGone = (part: PartNames): boolean =>
      !isWanted(part) && !incomplete.has(part.recordingId) && this.#isGone(part);
    const goneParts = new Map<string, PartNames[]>();
    for (const part of this.#registeredOthers())
      if (isGone(part)) getOrAdd(goneParts, part.recordingId, () => []).push(part);
    for (const [recordingId, parts] of goneParts) await this.#unregister(entry, recordingId, parts, signal);
    await quarantine.forget(catalog, name, isGone, signal);
    if (this.#isCleaned) return;
    this.#isCleaned = true;
    await this.#removeLeftCopies();
  }

  async #unregister(
    entry: DatasetEntry,
    recordingId: string,
    parts: readonly PartNames[],
    signal: AbortSignal,
  ): Promise<void> {
    const { layers, types, files } = this.#options;
    for (let start = 0; start < parts.length; start += UNREGISTER_BATCH) {
      const batch = parts.slice(start, start + UNREGISTER_BATCH);
      const layersToDrop = batch.map(({ layer }) => layer);
      await entry.unregister({ segmentsToDrop: recordingId, layersToDrop, signal });
      for (const { key, layer } of batch) {
        layers.unregister(layer, undefined);
        types.forget(key);
        await files.remove(key);
      }
    }
  }

  /** Removes copies that a killed keeper has left. */
  async #removeLeftCopies(): Promise<void> {
    const { name, files, parts, layers } = this.#options;
    const needless = new Set<string>(this.#needless());
    // What is in checkpoints has no list.
    for await (const key of files.keysLeft(datasetPrefix(name))) {
      const part = partOfKey(name, key);
      if (part !== undefined && parts.source.isReplaced(part) && !layers.has(part.layer)) needless.add(key);
    }
    await files.removeLeft(datasetPrefix(name), needless);
  }

  /** Finds out which of the registered parts that do not count are gone from the store. */
  async #findGone(signal: AbortSignal): Promise<void> {
    const { recordings, quarantine, parts, goneParts, isWanted } = this.#options;
    if (parts.counted.size === 0) return goneParts.skip();
    const isOpen = (part: PartNames): boolean =>
      !this.foreign.has(part.layer) &&
      !quarantine.foreign.has(part.key) &&
      !isWanted(part) &&
      !this.#isRemoved(part) &&
      !parts.unclear.has(part.recordingId) &&
      recordings?.has(part.recordingId) !== false;
    const candidates = (): readonly PartNames[] =>
      [...this.#registeredOthers(), ...this.#quarantinedParts()].filter(isOpen);
    if (await goneParts.check(candidates, signal)) parts.relist();
  }

  /** Reads what has become of parts whose recordings have nothing in the store any more. */
  async #readRemoved(signal: AbortSignal): Promise<void> {
    const { name, files, parts } = this.#options;
    const { source } = parts;
    const left: (PartNames | undefined)[] = [...this.#registeredOthers(), ...this.#quarantinedParts()];
    if (!this.#isCleaned) for await (const key of files.keysLeft(datasetPrefix(name))) left.push(partOfKey(name, key));
    const ids = new Set(left.flatMap((part) => (part === undefined ? [] : [part.recordingId])));
    for (const id of ids) if (!source.logs.has(id)) await source.readReplacements(id, signal);
  }

  /** The registered parts that are not to be registered. */
  *#registeredOthers(): Generator<PartNames> {
    for (const layer of this.#options.layers.others) {
      const part = partOfLayer(this.#options.name, layer);
      if (part !== undefined) yield part;
    }
  }

  *#quarantinedParts(): Generator<PartNames> {
    const { name, quarantine } = this.#options;
    for (const key of quarantine.parts.keys()) {
      const part = key.startsWith(datasetPrefix(name)) ? partOfKey(name, key) : undefined;
      if (part !== undefined) yield part;
    }
  }

  /** The keys of the parts that do not count any more, and are not in the catalog either. */
  *#needless(): Generator<string> {
    const { name, parts, layers } = this.#options;
    for (const { removed } of parts.source.logs.values())
      for (const key of removed.keys()) if (!layers.has(partOfKey(name, key)?.layer ?? "")) yield key;
  }

  /** Whether a part was replaced or removed, is too old, or is gone. A part that one list lacks stays. */
  #isGone(part: PartNames): boolean {
    return this.#isRemoved(part) || this.#options.goneParts.has(part);
  }

  #isRemoved(part: PartNames): boolean {
    return this.#options.parts.source.isReplaced(part) || !this.#options.isYoung(part);
  }
}
