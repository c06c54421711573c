import type { CatalogClient, DatasetEntry } from "@rerun-ts/catalog";
import type { RerunError } from "@rerun-ts/core";
import { datasetPrefix } from "../commits/log-keys.ts";
import { partOfKey, partOfLayer, type PartNames } from "../replacements/part-of-key.ts";
import type { DueWork } from "../status/due-work.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { CatalogLayouts } from "./catalog-layouts.ts";
import { DatasetConflicts } from "./dataset-conflicts.ts";
import { DatasetRemoval } from "./dataset-removal.ts";
import { GoneParts } from "./gone-parts.ts";
import { NO_FILE, type PartFiles, type StoredPart } from "./part-files.ts";
import { LayerComparison } from "./layer-comparison.ts";
import { byRecording, PartsView, type KeptPart } from "./parts-view.ts";
import { PartPreparation, type PreparedPart } from "./part-preparation.ts";
import { PartTypes } from "./part-types.ts";
import type { Quarantine } from "./quarantine.ts";
import { registerNew, registeredParts } from "./register-parts.ts";

/** The time without a prepared part after which a pass ends, although other downloads are stalled. */
const PATIENCE_MS = 5000;
/** Intervals of asking the catalog which parts it has: this time, or this multiple of the duration of the last call. */
const [COMPARE_MS, COMPARE_FACTOR] = [60_000, 100];

/** Settings of a {@link DatasetKeeper}. */
export interface DatasetKeeperOptions {
  readonly store: ObjectStore;
  readonly name: string;
  readonly recordings: ReadonlySet<string> | undefined;
  readonly maxAgeMs: number;
  readonly fullEveryMs: number;
  readonly now: () => number;
  readonly files: PartFiles;
  readonly quarantine: Quarantine;
  readonly work: DueWork;
  /** Whether a pass waits for stalled downloads. */
  readonly waitsForAll: boolean;
  readonly log: (text: string) => void;
}

/** Keeps one dataset of a catalog equal to that of a store. */
export class DatasetKeeper {
  /** The number of parts that the catalog lacks after the last pass, and their bytes. */
  pending = 0;
  pendingBytes = 0;
  readonly #options: DatasetKeeperOptions;
  readonly #parts: PartsView;
  readonly #layouts: CatalogLayouts;
  readonly #types: PartTypes;
  readonly #preparation: PartPreparation;
  readonly #layers = new LayerComparison();
  readonly #goneParts: GoneParts;
  readonly #conflicts: DatasetConflicts;
  readonly #removal: DatasetRemoval;
  /** The dataset that has these layers. */
  #id: string | undefined;
  #compareAt = 0;
  /** The recordings that are too old. */
  #old: ReadonlySet<string> = new Set();
  #isListed = false;

  constructor(options: DatasetKeeperOptions) {
    this.#options = options;
    const { store, name: dataset, recordings, fullEveryMs, now, files, work, waitsForAll, log } = options;
    this.#parts = new PartsView({ store, dataset, recordings, fullEveryMs, now });
    const { committed } = this.#parts.source;
    this.#layouts = new CatalogLayouts({ store, dataset, files, committed, log });
    this.#goneParts = new GoneParts({ store, dataset, committed, work, log });
    this.#types = new PartTypes((part, signal) => files.prepare(part, signal));
    this.#preparation = new PartPreparation({
      prepare: (part, onPiece, signal) => {
        const onProgress = (): void => {
          onPiece();
          work.succeed(part.key);
        };
        return files.prepare(part, signal, onProgress);
      },
      onFailed: (part, error) => this.#onUnprepared(part, error),
      patienceMs: waitsForAll ? Infinity : PATIENCE_MS,
    });
    const common = {
      ...options,
      parts: this.#parts,
      layers: this.#layers,
      types: this.#types,
      isYoung: this.#isYoung,
      isWanted: this.#isWanted,
    };
    this.#removal = new DatasetRemoval({ ...common, goneParts: this.#goneParts });
    this.#conflicts = new DatasetConflicts({
      ...common,
      register: (entry, parts, signal) => this.#registerAll(entry, parts, signal),
      onFailed: (key, reason) => this.#onFailed(key, reason),
    });
  }

  /** The number of parts that the catalog has. */
  get registered(): number {
    return this.#layers.registered;
  }

  /** The recordings of which it is unclear which parts count, with the reason. */
  get unclear(): PartsView["unclear"] {
    return this.#parts.unclear;
  }

  /**
   * Registers everything that is new, and then unregisters what it replaces: queries find all data at any time. The
   * newest layout becomes the default one.
   *
   * @throws {RerunError} the error of the catalog, or of the store
   */
  async pass(catalog: CatalogClient, signal: AbortSignal): Promise<void> {
    const { work, name } = this.#options;
    await this.#update(signal);
    const isDue = (key: string): boolean => this.#isWanted(partOfKey(name, key));
    work.keepOnly((key) => !key.startsWith(datasetPrefix(name)) || isDue(key));
    const entry = await this.#open(catalog, signal);
    try {
      await this.#registerAll(entry, this.#missing(), signal);
      await this.#conflicts.settle(catalog, entry, signal);
      await this.#removal.pass(catalog, entry, signal);
      await this.#layouts.pass(entry, signal);
    } finally {
      const missing = this.#missing();
      this.pending = missing.length;
      this.pendingBytes = missing.reduce((sum, { size }) => sum + size, 0);
    }
  }

  /** Finds out which parts are to be registered. */
  async #update(signal: AbortSignal): Promise<void> {
    const { name, maxAgeMs, log, store, work } = this.#options;
    const before = this.unclear;
    const undelivered = `recordings of the dataset ${name}`;
    if (this.#parts.undelivered.size > 0 && work.isDue(undelivered)) this.#parts.relist();
    const change = await this.#parts.update(signal);
    const [first] = this.#parts.undelivered;
    if (first === undefined) work.recover(undelivered);
    else if (change === undefined) work.fail(undelivered, `${first[0]}: ${first[1].message}`);
    for (const [id, { message }] of this.unclear)
      if (before.get(id)?.message !== message) log(`${id} stays as it is in the catalog: ${message}`);
    // A name may be misspelt.
    if (!this.#isListed && this.#parts.counted.size === 0) log(`${store.url} has no parts of the dataset ${name} yet`);
    this.#isListed = true;
    if (change === undefined) this.#goneParts.noteList();
    const old = maxAgeMs === Infinity ? new Set<string>() : this.#parts.recordingsBefore(Date.now() - maxAgeMs);
    const isSame = old.size === this.#old.size && [...old].every((id) => this.#old.has(id));
    this.#old = old;
    if (change === undefined || !isSame) this.#compareAll();
    else
      this.#layers.compare({
        added: change.added.filter(this.#isYoung),
        dropped: change.dropped.filter(this.#isYoung),
      });
  }

  #compareAll(): void {
    this.#layers.compareAll(this.#parts.counted, this.#isYoung);
  }

  /** Whether a part is not too old. */
  readonly #isYoung = ({ recordingId }: PartNames): boolean => !this.#old.has(recordingId);

  /** Whether a part is to be registered. */
  readonly #isWanted = (part: PartNames | undefined): boolean =>
    part !== undefined && this.#parts.counted.has(part.layer) && this.#isYoung(part);

  /** The parts that the catalog lacks, by their recordings. */
  #missing(): readonly KeptPart[] {
    const { quarantine } = this.#options;
    return [...this.#layers.missing.values()].filter(({ key }) => !quarantine.holds(key)).sort(byRecording);
  }

  /**
   * The dataset. What it has is asked at first, and from time to time: its server may be a new one, and others may
   * change it.
   */
  async #open(catalog: CatalogClient, signal: AbortSignal): Promise<DatasetEntry> {
    const { name, quarantine, now, log } = this.#options;
    const entry = await catalog.createDataset(name, { existOk: true, signal });
    const isOther = entry.id !== this.#id;
    if (!isOther && now() < this.#compareAt) return entry;
    const started = now();
    const names = await registeredParts(entry, { signal });
    const layers = new Set<string>();
    const foreign = new Set<string>();
    for (const text of names) {
      const [layer, url] = [text.slice(0, text.indexOf(" ")), text.slice(text.indexOf(" ") + 1)];
      const countedLayer = this.#parts.counted.get(layer)?.layer;
      layers.add(countedLayer ?? layer);
      // Another keeper may have registered it from another store.
      if (countedLayer === undefined && !this.#isOwnFile(partOfLayer(name, layer), url)) foreign.add(layer);
    }
    this.#removal.foreign = foreign;
    const lost = this.#layers.restart(layers);
    this.#compareAll();
    if (isOther) {
      if (this.#id !== undefined)
        log(`the catalog has forgotten the dataset ${JSON.stringify(name)}: all parts are registered again`);
      await quarantine.restart(catalog, name, signal, (part, url) => this.#isOwnFile(part, url));
      this.#id = entry.id;
    } else if (lost > 0)
      log(`somebody else has unregistered ${lost} parts of the dataset ${name}: they are registered again`);
    this.#goneParts.noteComparison();
    this.#compareAt = now() + Math.max(COMPARE_MS, COMPARE_FACTOR * (now() - started));
    return entry;
  }

  async #registerAll(entry: DatasetEntry, parts: readonly StoredPart[], signal: AbortSignal): Promise<void> {
    const { work, files, name, log } = this.#options;
    const withFiles = parts.filter((part) => files.canHave(part));
    const inBundles = `parts in bundles of the dataset ${name}`;
    const problem = `they have no files of their own where the store is mounted: ${NO_FILE}`;
    if (withFiles.length === parts.length) work.recover(inBundles);
    else if (work.fail(inBundles, problem)) log(`${inBundles} are not registered: ${problem}`);
    const due = withFiles.filter(({ key }) => work.isDue(key));
    for await (const prepared of this.#preparation.run(due, signal)) await this.#register(entry, prepared, signal);
    for (const key of this.#preparation.stalled) this.#onFailed(key, "its bytes do not come");
    signal.throwIfAborted();
  }

  /** Leaves parts out for a while. */
  #onUnprepared({ key }: StoredPart, error: RerunError): void {
    if (error.code === "INVALID_FORMAT") this.#options.quarantine.leaveOut(key, error.message);
    else if (error.code !== "ABORTED") this.#onFailed(key, error.message);
  }

  #onFailed(key: string, reason: string): void {
    const { work, log } = this.#options;
    if (work.fail(key, reason)) log(`${key} is tried again: ${reason}`);
  }

  async #register(entry: DatasetEntry, prepared: readonly PreparedPart[], signal: AbortSignal): Promise<void> {
    const { quarantine, work } = this.#options;
    const byLayer = new Map(prepared.map(({ part }) => [part.layer, part]));
    const wanted = prepared.map(({ part: { layer }, url }) => ({ layer, url }));
    const result = await registerNew(entry, wanted, { signal });
    for (const { layer } of result.registered) {
      const key = byLayer.get(layer)?.key ?? "";
      this.#layers.register(layer);
      work.succeed(key);
      if (!quarantine.conflicts.has(key)) quarantine.drop(key);
    }
    for (const { layer, error } of result.refused) {
      const part = byLayer.get(layer);
      if (part === undefined) continue;
      // Only another type lasts. A server without free file descriptors accepts the part later.
      const conflict = await this.#types.conflictWith(entry, part, signal);
      if (conflict === undefined) this.#onFailed(part.key, error.message);
      else quarantine.setAside(part.key, conflict);
    }
  }

  #isOwnFile(part: PartNames | undefined, url: string): boolean {
    return part !== undefined && this.#options.files.urlOf(part.key) === url;
  }
}
