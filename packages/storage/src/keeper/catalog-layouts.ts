import type { DatasetEntry } from "@rerun-ts/catalog";
import { RerunError } from "@rerun-ts/core";
import type { CommittedParts } from "../commits/committed-parts.ts";
import { commitOfObject, logLayoutPrefix } from "../commits/log-keys.ts";
import { layoutPrefix } from "../parts/part-key.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import type { PartFiles } from "./part-files.ts";
import { modifiedMs } from "../store/modified-ms.ts";

/** Larger layouts are left alone. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The error codes with which a catalog refuses a layout, for example because it does not fit the others. */
const REFUSED: ReadonlySet<string> = new Set(["INVALID_ARGUMENT", "UNSUPPORTED", "SERVER"]);

/** Settings of {@link CatalogLayouts}. */
export interface CatalogLayoutsOptions {
  readonly store: Pick<ObjectStore, "url" | "list" | "read">;
  readonly dataset: string;
  readonly files: PartFiles;
  readonly committed: Pick<CommittedParts, "isNamed">;
  readonly log: (text: string) => void;
}

/**
 * Makes the newest layout of a dataset its default one in a catalog. A layout counts if it is complete, and if its
 * producer has sent it as a default.
 */
export class CatalogLayouts {
  readonly #options: CatalogLayoutsOptions;
  /** Layouts that do not count, because they are damaged, incomplete or no defaults. */
  readonly #useless = new Set<string>();
  /** Refused layouts, with the id of the dataset that refused them: a restarted catalog may accept them. */
  readonly #refused = new Map<string, string>();
  /** The layout that is registered, in which catalog. */
  #registered: { readonly key: string; readonly dataset: string } | undefined;

  constructor(options: CatalogLayoutsOptions) {
    this.#options = options;
  }

  /** Registers the newest layout, unless the catalog has it. @throws {RerunError} the error of the store or catalog */
  async pass(entry: DatasetEntry, signal: AbortSignal): Promise<void> {
    for (const layout of await this.#newestFirst(signal)) {
      const { key } = layout;
      if (this.#refused.get(key) === entry.id) continue;
      if (this.#registered?.key === key && this.#registered.dataset === entry.id) return;
      try {
        const name = await this.#nameOf(layout, signal);
        if (name === undefined) continue;
        const url = await this.#options.files.prepare(layout, signal);
        if (!(await this.#register(entry, name, { key, url }, signal))) continue;
        this.#registered = { key, dataset: entry.id };
        return;
      } catch (error) {
        const reason = RerunError.from(error);
        if (reason.code !== "INVALID_FORMAT") throw reason;
        this.#useless.add(key);
        this.#options.log(`the layout ${key} is damaged: ${reason.message}`);
      }
    }
  }

  /** Makes a layout the default one, unless the catalog has it. Returns `false` if the catalog refuses it. */
  async #register(
    entry: DatasetEntry,
    name: string,
    { key, url }: { readonly key: string; readonly url: string },
    signal: AbortSignal,
  ): Promise<boolean> {
    // A default that a person has chosen since stays the default.
    if ((await entry.blueprints({ signal })).includes(name)) return true;
    try {
      await entry.registerBlueprint(url, { signal });
      return true;
    } catch (error) {
      const reason = RerunError.from(error);
      if (!REFUSED.has(reason.code)) throw reason;
      this.#refused.set(key, entry.id);
      this.#options.log(`the layout ${key} does not become the default: ${reason.message}`);
      return false;
    }
  }

  async #newestFirst(signal: AbortSignal): Promise<readonly ObjectInfo[]> {
    const { store, dataset } = this.#options;
    const layouts: ObjectInfo[] = [];
    for (const prefix of [layoutPrefix(dataset), logLayoutPrefix(dataset)])
      for await (const object of store.list(prefix, { signal })) if (this.#isPossible(object)) layouts.push(object);
    return layouts.sort((a, b) => modifiedMs(b, 0) - modifiedMs(a, 0) || (a.key < b.key ? 1 : -1));
  }

  #isPossible({ key, size }: ObjectInfo): boolean {
    return key.endsWith(".rbl") && size <= MAX_BYTES && !this.#useless.has(key);
  }

  /** The name of a layout in catalogs, or `undefined` if it does not count. */
  async #nameOf({ key }: ObjectInfo, signal: AbortSignal): Promise<string | undefined> {
    const { store, dataset, committed } = this.#options;
    const commit = commitOfObject(dataset, key);
    const isNamed = commit === undefined || (await committed.isNamed(key, commit, signal));
    // The commit of the layout may follow.
    if (isNamed === undefined) return undefined;
    const { decodeRrd } = await import("@rerun-ts/core/decode");
    for (const message of isNamed ? decodeRrd(await store.read(key, { signal })) : [])
      if (message.kind === "activation" && message.makeDefault) return message.storeId.recordingId;
    this.#useless.add(key);
    return undefined;
  }
}
