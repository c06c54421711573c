import type { CatalogClient } from "@rerun-ts/arrow/catalog";
import type { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { datasetPrefix } from "../commits/log-keys.ts";
import { partOfKey, type PartNames } from "../replacements/part-of-key.ts";
import type { PartFiles } from "./part-files.ts";
import { registerNew, type PartToRegister } from "./register-parts.ts";

const CONFLICTS = ".conflicts";

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
  readonly #files: Pick<PartFiles, "remove">;
  readonly #log: (text: string) => void;

  constructor(files: Pick<PartFiles, "remove">, log: (text: string) => void) {
    this.#files = files;
    this.#log = log;
  }

  /** Leaves out a damaged part for good. */
  leaveOut(key: string, reason: string): void {
    this.#note({ key, dataset: undefined, reason });
  }

  /** Registers a refused part of a dataset in another one, for those that do not fit. */
  async add(
    catalog: CatalogClient,
    name: string,
    key: string,
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
      this.#log(`${key} cannot be put into ${other}: ${messageOf(failure)}`);
    }
    this.#note({ key, dataset, reason: messageOf(error.cause ?? error) });
  }

  /** Unregisters the parts of a dataset that do not count any more. */
  async forget(
    catalog: CatalogClient,
    name: string,
    isGone: (part: PartNames) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    for (const { key, dataset } of this.parts.values()) {
      const part = key.startsWith(datasetPrefix(name)) ? partOfKey(name, key) : undefined;
      if (part === undefined || !isGone(part)) continue;
      if (dataset !== undefined) {
        const conflicts = await catalog.getDataset(dataset, { signal });
        await conflicts.unregister({ segmentsToDrop: part.recordingId, layersToDrop: part.layer, signal });
      }
      this.parts.delete(key);
      await this.#files.remove(key);
    }
  }

  #note(part: QuarantinedPart): void {
    this.parts.set(part.key, part);
    const where = part.dataset === undefined ? "it is in no dataset" : `it is in the dataset ${part.dataset} instead`;
    this.#log(`refused ${part.key}, and ${where}: ${part.reason}`);
  }
}
