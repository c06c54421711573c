import type { CatalogClient, DatasetEntry } from "@rerun-ts/catalog";
import { isRerunError } from "@rerun-ts/core";
import { CommittedParts } from "../commits/committed-parts.ts";
import { parseLogPartKey } from "../commits/log-keys.ts";
import { CONFLICTS } from "../keeper/quarantine.ts";
import { registeredParts } from "../keeper/register-parts.ts";
import { damageOf } from "../mend/damaged-parts.ts";
import { CountedParts, type CountedPart } from "../replacements/counted-parts.ts";
import { partOfLayer } from "../replacements/part-of-key.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { MAX_LISTED, type CatalogStatus, type MissingPart } from "./fleet-report.ts";
import type { PartVisitor } from "./survey-bucket.ts";

/** Settings of {@link CatalogSurvey.open}. */
export interface CatalogSurveyOptions {
  readonly store: Pick<ObjectStore, "url" | "list" | "read">;
  readonly dataset: string;
  /** Parts that are newer than this may be registered soon. */
  readonly dueBefore: Date;
}

/** Compares a dataset of a catalog with the parts of a bucket. Its memory depends on what the catalog has. */
export class CatalogSurvey implements PartVisitor {
  readonly #options: CatalogSurveyOptions;
  readonly #exists: boolean;
  /** The layers that were not found in the bucket so far. */
  readonly #layers: Set<string>;
  readonly #conflictLayers: Set<string>;
  readonly #missing: CountedPart[] = [];
  readonly #conflicts: string[] = [];
  #missingCount = 0;
  #conflictCount = 0;
  #registered = 0;
  #recent = 0;
  #replaced = 0;

  private constructor(options: CatalogSurveyOptions, layers: Set<string> | undefined, conflicts: Set<string>) {
    this.#options = options;
    this.#exists = layers !== undefined;
    this.#layers = layers ?? new Set();
    this.#conflictLayers = conflicts;
  }

  /** Asks the catalog what it has. @throws {RerunError} the error of the catalog */
  static async open(catalog: CatalogClient, options: CatalogSurveyOptions): Promise<CatalogSurvey> {
    const layers = await layersOf(catalog, options.dataset);
    const conflicts = await layersOf(catalog, `${options.dataset}${CONFLICTS}`);
    return new CatalogSurvey(options, layers, conflicts ?? new Set());
  }

  visit(part: CountedPart, replaced: { readonly at: Date | undefined } | undefined): void {
    const { layer, key, modified } = part;
    const isThere = this.#layers.delete(layer);
    const { dueBefore } = this.#options;
    if (replaced !== undefined) {
      // The keeper may not have seen the replacement yet.
      if (isThere && (replaced.at ?? dueBefore) <= dueBefore) this.#replaced++;
      return;
    }
    if (isThere) this.#registered++;
    else if (this.#conflictLayers.has(layer)) {
      this.#conflictCount++;
      if (this.#conflicts.length < MAX_LISTED) this.#conflicts.push(key);
    } else if (modified !== undefined && modified > dueBefore) this.#recent++;
    else {
      this.#missingCount++;
      if (this.#missing.length < MAX_LISTED) this.#missing.push(part);
    }
  }

  /** The result, after all parts of the bucket. */
  async end(unclear: ReadonlySet<string>): Promise<CatalogStatus> {
    const gone = await this.#findGone();
    const committed = new CommittedParts(this.#options.store, this.#options.dataset);
    const missing: MissingPart[] = [];
    let orphans = 0;
    for (const part of this.#missing) {
      const found = await this.#reasonOf(part, unclear, committed);
      if (found === undefined) orphans++;
      else missing.push(found);
    }
    return {
      exists: this.#exists,
      registered: this.#registered,
      recent: this.#recent,
      missing: { count: this.#missingCount - orphans, parts: missing },
      conflicts: { count: this.#conflictCount, keys: this.#conflicts },
      replaced: this.#replaced,
      gone: { count: gone.length, keys: gone.slice(0, MAX_LISTED) },
    };
  }

  /** Why a part is not registered. `undefined` if it never counted. */
  async #reasonOf(
    part: CountedPart,
    unclear: ReadonlySet<string>,
    committed: CommittedParts,
  ): Promise<MissingPart | undefined> {
    const { key, recordingId } = part;
    if (unclear.has(recordingId)) return { key, kind: "unclear", reason: "a record of its recording is damaged" };
    const commit = parseLogPartKey(this.#options.dataset, key)?.commit;
    if (commit !== undefined) {
      const isNamed = await committed.isNamed(key, commit);
      if (isNamed === false) return undefined;
      if (committed.isDamaged(commit)) return { key, kind: "unclear", reason: `its commit ${commit} is damaged` };
      if (isNamed === undefined) return { key, kind: "uncommitted", reason: `its commit ${commit} is not there` };
    }
    const damage = await damageOf(this.#options.store, part);
    if (damage !== undefined) return { key, kind: "damaged", reason: damage };
    return { key, kind: "unknown", reason: "its end is whole: the log of the keeper has the reason" };
  }

  /** The registered parts that are not in the bucket, and were not replaced. */
  async #findGone(): Promise<readonly string[]> {
    const { store, dataset } = this.#options;
    const parts = new CountedParts(store, dataset);
    const gone: string[] = [];
    for (const layer of this.#layers) {
      const part = partOfLayer(dataset, layer);
      if (part === undefined) continue;
      // Their recordings may have nothing in the bucket any more, so that the survey has not read the replacements.
      if (!parts.logs.has(part.recordingId)) await parts.readReplacements(part.recordingId);
      if (parts.isReplaced(part)) this.#replaced++;
      else gone.push(part.key);
    }
    return gone;
  }
}

/** The layers of a dataset, or `undefined` if the catalog does not have the dataset. */
async function layersOf(catalog: CatalogClient, name: string): Promise<Set<string> | undefined> {
  let entry: DatasetEntry;
  try {
    entry = await catalog.getDataset(name);
  } catch (error) {
    if (isRerunError(error) && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
  const names = await registeredParts(entry, {});
  return new Set(Array.from(names, (text) => text.slice(0, text.indexOf(" "))));
}
