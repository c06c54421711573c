import type { CatalogClient, DatasetEntry } from "@rerun-ts/arrow/catalog";
import { RerunError } from "@rerun-ts/core";
import { datasetPrefix } from "../commits/log-keys.ts";
import { CountedParts, type CountedPart } from "../replacements/counted-parts.ts";
import { partOfKey, partOfLayer, type PartNames } from "../replacements/part-of-key.ts";
import { parseMadePartKey } from "../replacements/replacement-keys.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { CatalogLayouts } from "./catalog-layouts.ts";
import { PartFiles, type StoredPart } from "./part-files.ts";
import { Quarantine, type QuarantinedPart } from "./quarantine.ts";
import { partName, registerNew, registeredParts, type PartToRegister } from "./register-parts.ts";

const PREPARED_AT_ONCE = 16;
const REGISTERED_AT_ONCE = 100;
const UNREGISTERED_AT_ONCE = 1000;

/** A recording of which it is unclear which parts count. */
export interface UnclearRecording {
  readonly dataset: string;
  readonly recordingId: string;
  readonly reason: string;
}

/** Settings of {@link CatalogKeeper}. */
export interface KeeperOptions {
  readonly store: ObjectStore;
  /** The names of the datasets. */
  readonly datasets: readonly string[];
  /** The ids of the recordings. Default: all. */
  readonly recordings?: ReadonlySet<string> | undefined;
  /** Recordings whose newest part is older than this, in milliseconds, are removed. Default: no limit. */
  readonly maxAgeMs?: number | undefined;
  /** The folder with the files of the parts, by its path for the server. */
  readonly files: string;
  /** Whether the files are there by themselves. Otherwise parts are copied. */
  readonly isMounted: boolean;
  /** Reports events for operators. */
  readonly log: (text: string) => void;
}

/** A part whose file is there. */
interface PreparedPart {
  readonly part: StoredPart;
  readonly url: string;
}

/** The state of one dataset in the server. */
interface KnownDataset {
  readonly entry: DatasetEntry;
  /** The names of the registered parts. */
  readonly registered: Set<string>;
}

/** Registers the parts of a store in a catalog, which may forget everything at any time. */
export class CatalogKeeper {
  /** The number of parts that the catalog has after the last pass, and the number of parts that it lacks. */
  registered = 0;
  pending = 0;
  /** The recordings without changes in the catalog, as it is unclear which of their parts count. */
  unclear: readonly UnclearRecording[] = [];
  readonly #options: KeeperOptions;
  readonly #files: PartFiles;
  readonly #quarantine: Quarantine;
  readonly #known = new Map<string, KnownDataset>();
  readonly #parts = new Map<string, CountedParts>();
  readonly #layouts = new Map<string, CatalogLayouts>();
  /** The recordings of each dataset that are too old. */
  readonly #old = new Map<string, ReadonlySet<string>>();
  /** The datasets that were listed. */
  readonly #seen = new Set<string>();
  /** The datasets whose needless copies were removed. */
  readonly #cleaned = new Set<string>();

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#files = new PartFiles(options.store, options.files, options.isMounted);
    this.#quarantine = new Quarantine(this.#files, options.log);
  }

  /** The parts that are not in their dataset, by their keys. */
  get quarantined(): ReadonlyMap<string, QuarantinedPart> {
    return this.#quarantine.parts;
  }

  /**
   * Registers everything that is new, and then unregisters what it replaces: queries find all data at any time. The
   * newest layout becomes the default one.
   *
   * @throws {RerunError} the error of the catalog, or of the store
   */
  async pass(catalog: CatalogClient, signal: AbortSignal): Promise<void> {
    await this.#forgetLost(catalog, signal);
    let [registered, pending] = [0, 0];
    const unclear: UnclearRecording[] = [];
    for (const name of this.#options.datasets) {
      const parts = await this.#list(name, unclear, signal);
      this.#warnOfNothing(name, parts.length);
      const dataset = await this.#dataset(catalog, name, signal);
      const missing = parts.filter((part) => !dataset.registered.has(part.layer) && !this.quarantined.has(part.key));
      await this.#registerAll(catalog, name, dataset, missing, signal);
      await this.#unregister(catalog, name, dataset, parts, signal);
      await this.#layoutsOf(name).pass(dataset.entry, signal);
      const found = parts.filter((part) => dataset.registered.has(part.layer)).length;
      registered += found;
      pending += parts.filter((part) => !dataset.registered.has(part.layer) && !this.quarantined.has(part.key)).length;
    }
    [this.registered, this.pending] = [registered, pending];
    this.#noteUnclear(unclear);
  }

  /** Starts again for datasets that a restarted server has forgotten. */
  async #forgetLost(catalog: CatalogClient, signal: AbortSignal): Promise<void> {
    const ids = new Set((await catalog.datasets({ signal })).map(({ id }) => id));
    for (const [name, { entry }] of this.#known) {
      if (ids.has(entry.id)) continue;
      this.#known.delete(name);
      this.#quarantine.parts.clear();
      this.#options.log(
        `the catalog has forgotten the dataset ${JSON.stringify(name)}: all parts are registered again`,
      );
    }
  }

  /** Warns once of a dataset that has no parts at first: its name may be misspelt. */
  #warnOfNothing(name: string, count: number): void {
    const isFirst = !this.#seen.has(name);
    this.#seen.add(name);
    if (isFirst && count === 0) this.#options.log(`${this.#options.store.url} has no parts of the dataset ${name} yet`);
  }

  #noteUnclear(unclear: readonly UnclearRecording[]): void {
    const known = new Set(this.unclear.map(({ reason }) => reason));
    this.unclear = unclear;
    for (const { recordingId, reason } of unclear)
      if (!known.has(reason)) this.#options.log(`${recordingId} stays as it is in the catalog: ${reason}`);
  }

  /** The parts to be registered. */
  async #list(dataset: string, unclear: UnclearRecording[], signal: AbortSignal): Promise<readonly CountedPart[]> {
    const { recordings, maxAgeMs = Infinity } = this.#options;
    const parts: CountedPart[] = [];
    for (const id of recordings ?? [undefined]) {
      const listed = await this.#partsOf(dataset).list(id, signal);
      parts.push(...listed.counted);
      for (const [recordingId, { message }] of listed.unclear) unclear.push({ dataset, recordingId, reason: message });
    }
    // Parts that were made of others come first: most of the data decides about types.
    parts.sort((a, b) => (a.recordingId < b.recordingId ? -1 : a.recordingId > b.recordingId ? 1 : 0));
    if (maxAgeMs === Infinity) return parts;
    const since = Date.now() - maxAgeMs;
    const old = new Set(parts.map(({ recordingId }) => recordingId));
    for (const { recordingId, modified } of parts)
      if ((modified?.getTime() ?? Infinity) >= since) old.delete(recordingId);
    this.#old.set(dataset, old);
    return parts.filter(({ recordingId }) => !old.has(recordingId));
  }

  #partsOf(dataset: string): CountedParts {
    let parts = this.#parts.get(dataset);
    if (parts === undefined) this.#parts.set(dataset, (parts = new CountedParts(this.#options.store, dataset)));
    return parts;
  }

  #layoutsOf(dataset: string): CatalogLayouts {
    const { store, log } = this.#options;
    let layouts = this.#layouts.get(dataset);
    if (layouts === undefined) {
      const { committed } = this.#partsOf(dataset);
      layouts = new CatalogLayouts({ store, dataset, files: this.#files, committed, log });
      this.#layouts.set(dataset, layouts);
    }
    return layouts;
  }

  /**
   * Unregisters parts that do not count any more, or are too old, and removes their copies. Parts in whose place others
   * count wait for those.
   */
  async #unregister(
    catalog: CatalogClient,
    name: string,
    { entry, registered }: KnownDataset,
    parts: readonly CountedPart[],
    signal: AbortSignal,
  ): Promise<void> {
    const layers = new Set(parts.map(({ layer }) => layer));
    const incomplete = new Set(
      parts
        .filter(({ key, layer }) => parseMadePartKey(key) !== undefined && !registered.has(layer))
        .map(({ recordingId }) => recordingId),
    );
    const isGone = (part: PartNames): boolean =>
      !layers.has(part.layer) && !incomplete.has(part.recordingId) && this.#isGone(name, part);
    const gone = new Map<string, PartNames[]>();
    for (const layer of registered) {
      // Parsed only for layers that no longer count, because nearly all of them do.
      const part = layers.has(layer) ? undefined : partOfLayer(name, layer);
      if (part === undefined || !isGone(part)) continue;
      const own = gone.get(part.recordingId);
      if (own === undefined) gone.set(part.recordingId, [part]);
      else own.push(part);
    }
    for (const [recordingId, own] of gone) {
      for (let at = 0; at < own.length; at += UNREGISTERED_AT_ONCE) {
        const some = own.slice(at, at + UNREGISTERED_AT_ONCE);
        const layersToDrop = some.map(({ layer }) => layer);
        await entry.unregister({ segmentsToDrop: recordingId, layersToDrop, signal });
        for (const { key, layer } of some) {
          registered.delete(layer);
          await this.#files.remove(key);
        }
      }
    }
    await this.#quarantine.forget(catalog, name, isGone, signal);
    if (this.#cleaned.has(name)) return;
    // Removes copies that a killed keeper has left.
    this.#cleaned.add(name);
    await this.#files.removeLeft(datasetPrefix(name), this.#needless(name, registered));
  }

  /** The keys of the parts that do not count any more, and are not in the catalog either. */
  *#needless(name: string, registered: ReadonlySet<string>): Generator<string> {
    for (const { removed } of this.#partsOf(name).logs.values())
      for (const key of removed.keys()) if (!registered.has(partOfKey(name, key)?.layer ?? "")) yield key;
  }

  /** Whether a part was replaced or removed, or is too old. A part that is only missing in the store stays. */
  #isGone(name: string, part: PartNames): boolean {
    return this.#partsOf(name).isReplaced(part) || this.#old.get(name)?.has(part.recordingId) === true;
  }

  /** The dataset, and what it has: asked once, and known from then on. */
  async #dataset(catalog: CatalogClient, name: string, signal: AbortSignal): Promise<KnownDataset> {
    const known = this.#known.get(name);
    if (known !== undefined) {
      // The dataset in the client of the current connection.
      const entry = await catalog.getDataset({ id: known.entry.id }, { signal });
      return { entry, registered: known.registered };
    }
    const entry = await catalog.createDataset(name, { existOk: true, signal });
    const names = await registeredParts(entry, { signal });
    // Only the name of the layer is needed, because it identifies the part.
    const found = { entry, registered: new Set([...names].map((text) => text.slice(0, text.indexOf(" ")))) };
    this.#known.set(name, found);
    return found;
  }

  /** Registers one group after another, so that queries see the first parts soon. */
  async #registerAll(
    catalog: CatalogClient,
    name: string,
    dataset: KnownDataset,
    parts: readonly StoredPart[],
    signal: AbortSignal,
  ): Promise<void> {
    const prepare = (at: number): Promise<readonly PreparedPart[]> => {
      const prepared = this.#prepare(parts.slice(at, at + REGISTERED_AT_ONCE), signal);
      // An error of the previous group is reported first.
      prepared.catch(() => {});
      return prepared;
    };
    let next = prepare(0);
    for (let at = 0; at < parts.length; at += REGISTERED_AT_ONCE) {
      const prepared = await next;
      // Prepares the next group while the server works.
      next = prepare(at + REGISTERED_AT_ONCE);
      await this.#register(catalog, name, dataset, prepared, signal);
    }
    await next;
  }

  async #register(
    catalog: CatalogClient,
    name: string,
    { entry, registered }: KnownDataset,
    prepared: readonly PreparedPart[],
    signal: AbortSignal,
  ): Promise<void> {
    const byName = new Map(prepared.map(({ part, url }) => [partName(part.layer, url), part]));
    const wanted = prepared.map(({ part: { layer }, url }): PartToRegister => ({ layer, url }));
    const result = await registerNew(entry, wanted, { signal });
    for (const { layer } of result.registered) registered.add(layer);
    for (const { layer, url, error } of result.refused) {
      const part = byName.get(partName(layer, url));
      if (part !== undefined) await this.#quarantine.add(catalog, name, part.key, { layer, url }, error, signal);
    }
  }

  /** Makes the files of parts ready. Damaged ones are left out for good, and others until the next pass. */
  async #prepare(parts: readonly StoredPart[], signal: AbortSignal): Promise<readonly PreparedPart[]> {
    const ready: (PreparedPart | undefined)[] = [];
    const next = parts.entries();
    const prepareSome = async (): Promise<void> => {
      for (const [index, part] of next) {
        try {
          ready[index] = { part, url: await this.#files.prepare(part, signal) };
        } catch (error) {
          this.#leaveOut(part, RerunError.from(error));
        }
      }
    };
    await Promise.all(Array.from({ length: PREPARED_AT_ONCE }, prepareSome));
    signal.throwIfAborted();
    return ready.filter((part) => part !== undefined);
  }

  #leaveOut({ key }: StoredPart, error: RerunError): void {
    const { log } = this.#options;
    if (error.code === "INVALID_FORMAT") this.#quarantine.leaveOut(key, error.message);
    else if (error.code !== "ABORTED") log(`${key} is tried again: ${error.message}`);
  }
}
