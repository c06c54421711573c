import type { CatalogClient, DatasetEntry } from "@rerun-ts/arrow/catalog";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { CommittedParts } from "../commits/committed-parts.ts";
import { parsePartKey, directPrefix } from "../parts/part-key.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { PartFiles, type StoredPart } from "./part-files.ts";
import { partName, registerNew, registeredParts, type PartToRegister } from "./register-parts.ts";

const PREPARED_AT_ONCE = 8;
const CONFLICTS = ".conflicts";

/** A part that is not in its dataset. */
export interface QuarantinedPart {
  readonly key: string;
  /** The dataset that has it instead, if there is one. */
  readonly dataset: string | undefined;
  readonly reason: string;
}

/** Settings of {@link CatalogKeeper}. */
export interface KeeperOptions {
  readonly store: ObjectStore;
  /** The names of the datasets. */
  readonly datasets: readonly string[];
  /** The ids of the recordings; all by default. */
  readonly recordings?: ReadonlySet<string> | undefined;
  /** The folder with the files of the parts, as the server sees it. */
  readonly files: string;
  /** Whether the files are there by themselves. Otherwise parts are copied. */
  readonly isMounted: boolean;
  /** Reports what people should know. */
  readonly log: (text: string) => void;
}

/** The state of one dataset in the server. */
interface KnownDataset {
  readonly entry: DatasetEntry;
  /** The names of the parts in it. */
  readonly registered: Set<string>;
}

/** Registers the parts of a store in a catalog, which may forget everything at any time. */
export class CatalogKeeper {
  /** The parts of the last pass that the catalog has, and those that it has not. */
  registered = 0;
  pending = 0;
  /** By their keys. */
  readonly quarantined: Map<string, QuarantinedPart> = new Map();
  readonly #options: KeeperOptions;
  readonly #files: PartFiles;
  readonly #known = new Map<string, KnownDataset>();
  readonly #committed = new Map<string, CommittedParts>();

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#files = new PartFiles(options.store, options.files, options.isMounted);
  }

  /** Registers everything that is new. @throws {RerunError} the error of the catalog, or of the store */
  async pass(catalog: CatalogClient, signal: AbortSignal): Promise<void> {
    await this.#forgetLost(catalog, signal);
    let [registered, pending] = [0, 0];
    for (const name of this.#options.datasets) {
      const parts = await this.#list(name, signal);
      const dataset = await this.#dataset(catalog, name, signal);
      const missing = parts.filter((part) => !dataset.registered.has(part.layer) && !this.quarantined.has(part.key));
      // One group after another, so that queries see the first parts soon.
      for (let at = 0; at < missing.length; at += 100) {
        signal.throwIfAborted();
        await this.#register(catalog, name, dataset, missing.slice(at, at + 100), signal);
      }
      const found = parts.filter((part) => dataset.registered.has(part.layer)).length;
      registered += found;
      pending += parts.filter((part) => !dataset.registered.has(part.layer) && !this.quarantined.has(part.key)).length;
    }
    [this.registered, this.pending] = [registered, pending];
  }

  /** Starts over where the server has forgotten a dataset: it was restarted. */
  async #forgetLost(catalog: CatalogClient, signal: AbortSignal): Promise<void> {
    const ids = new Set((await catalog.datasets({ signal })).map(({ id }) => id));
    for (const [name, { entry }] of this.#known) {
      if (ids.has(entry.id)) continue;
      this.#known.delete(name);
      this.quarantined.clear();
      this.#options.log(
        `the catalog has forgotten the dataset ${JSON.stringify(name)}: all parts are registered again`,
      );
    }
  }

  async #list(dataset: string, signal: AbortSignal): Promise<readonly StoredPart[]> {
    const { store, recordings } = this.#options;
    const parts: StoredPart[] = [];
    for await (const { key, size } of store.list(directPrefix(dataset), { signal })) {
      const part = parsePartKey(key);
      if (part === undefined || recordings?.has(part.recordingId) === false) continue;
      parts.push({ key, size, recordingId: part.recordingId, layer: part.layer });
    }
    for await (const { key, size, recordingId, layer } of this.#committedIn(dataset).list(undefined, signal))
      if (recordings?.has(recordingId) !== false) parts.push({ key, size, recordingId, layer });
    return parts;
  }

  /** The parts of a dataset that came through NATS. */
  #committedIn(dataset: string): CommittedParts {
    let parts = this.#committed.get(dataset);
    if (parts === undefined) this.#committed.set(dataset, (parts = new CommittedParts(this.#options.store, dataset)));
    return parts;
  }

  /** The dataset, and what it has: asked once, and known from then on. */
  async #dataset(catalog: CatalogClient, name: string, signal: AbortSignal): Promise<KnownDataset> {
    const known = this.#known.get(name);
    if (known !== undefined) {
      // The client of another connection.
      const entry = await catalog.getDataset({ id: known.entry.id }, { signal });
      return { entry, registered: known.registered };
    }
    const entry = await catalog.createDataset(name, { existOk: true, signal });
    const names = await registeredParts(entry, { signal });
    // The name of a layer says which part it is.
    const found = { entry, registered: new Set([...names].map((text) => text.slice(0, text.indexOf(" ")))) };
    this.#known.set(name, found);
    return found;
  }

  async #register(
    catalog: CatalogClient,
    name: string,
    { entry, registered }: KnownDataset,
    parts: readonly StoredPart[],
    signal: AbortSignal,
  ): Promise<void> {
    const prepared = await this.#prepare(parts, signal);
    const byName = new Map(prepared.map(({ part, url }) => [partName(part.layer, url), part]));
    const wanted = prepared.map(({ part: { layer }, url }): PartToRegister => ({ layer, url }));
    const result = await registerNew(entry, wanted, { signal });
    for (const { layer } of result.registered) registered.add(layer);
    for (const { layer, url, error } of result.refused) {
      const part = byName.get(partName(layer, url));
      if (part !== undefined) await this.#quarantine(catalog, name, part, { layer, url }, error, signal);
    }
  }

  /** Makes the files of parts ready. Damaged ones are left out for good, and others until the next pass. */
  async #prepare(
    parts: readonly StoredPart[],
    signal: AbortSignal,
  ): Promise<readonly { readonly part: StoredPart; readonly url: string }[]> {
    const ready: { readonly part: StoredPart; readonly url: string }[] = [];
    for (let at = 0; at < parts.length; at += PREPARED_AT_ONCE) {
      const some = parts.slice(at, at + PREPARED_AT_ONCE);
      const results = await Promise.allSettled(some.map((part) => this.#files.prepare(part, signal)));
      for (const [index, result] of results.entries()) {
        const part = some[index] as StoredPart;
        if (result.status === "fulfilled") ready.push({ part, url: result.value });
        else this.#leaveOut(part, RerunError.from(result.reason));
      }
    }
    signal.throwIfAborted();
    return ready;
  }

  #leaveOut({ key }: StoredPart, error: RerunError): void {
    const { log } = this.#options;
    if (error.code === "INVALID_FORMAT") this.#note({ key, dataset: undefined, reason: error.message });
    else if (error.code !== "ABORTED") log(`${key} is tried again: ${error.message}`);
  }

  /** Registers a part in a dataset for those that do not fit. */
  async #quarantine(
    catalog: CatalogClient,
    name: string,
    { key }: StoredPart,
    part: PartToRegister,
    error: RerunError,
    signal: AbortSignal,
  ): Promise<void> {
    const other = `${name}${CONFLICTS}`;
    let dataset: string | undefined;
    try {
      const conflicts = await catalog.createDataset(other, { existOk: true, signal });
      const { refused } = await registerNew(conflicts, [part], { signal });
      if (refused.length === 0) dataset = other;
    } catch (failure) {
      if (signal.aborted) throw failure;
      this.#options.log(`${key} cannot be put into ${other}: ${messageOf(failure)}`);
    }
    this.#note({ key, dataset, reason: messageOf(error.cause ?? error) });
  }

  #note(part: QuarantinedPart): void {
    this.quarantined.set(part.key, part);
    const where = part.dataset === undefined ? "it is in no dataset" : `it is in the dataset ${part.dataset} instead`;
    this.#options.log(`refused ${part.key}, and ${where}: ${part.reason}`);
  }
}
