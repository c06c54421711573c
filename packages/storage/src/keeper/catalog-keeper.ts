import type { CatalogClient } from "@rerun-ts/catalog";
import { RerunError } from "@rerun-ts/core";
import type { DueWork } from "../status/due-work.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { DatasetKeeper } from "./dataset-keeper.ts";
import { PartFiles } from "./part-files.ts";
import { Quarantine, type QuarantinedPart } from "./quarantine.ts";

const FULL_EVERY_MS = 10 * 60_000;

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
  /** The time after which everything in the store is listed again, in milliseconds. Default: ten minutes. */
  readonly fullEveryMs?: number | undefined;
  /** The folder with the files of the parts, by its path for the server. */
  readonly files: string;
  /** Whether the folder is a mount of the store. Otherwise parts are copied into it. */
  readonly isMounted: boolean;
  /** Receives successes and failures. */
  readonly work: DueWork;
  /** Whether a pass waits for stalled downloads. Default `false`: they continue in a later pass. */
  readonly waitsForAll?: boolean | undefined;
  /** The clock for `fullEveryMs`. Default: that of the process. */
  readonly now?: (() => number) | undefined;
  /** Reports events for operators. */
  readonly log: (text: string) => void;
}

/** Registers the parts of a store in a catalog, which may forget everything at any time. */
export class CatalogKeeper {
  readonly #work: DueWork;
  readonly #quarantine: Quarantine;
  readonly #log: (text: string) => void;
  readonly #datasets: ReadonlyMap<string, DatasetKeeper>;

  constructor({ datasets, isMounted, recordings, work, log, ...options }: KeeperOptions) {
    const { maxAgeMs = Infinity, fullEveryMs = FULL_EVERY_MS, waitsForAll = false } = options;
    const { now = () => performance.now() } = options;
    const store = noticing(options.store, () => work.succeed());
    const files = new PartFiles(store, options.files, isMounted);
    const quarantine = new Quarantine(files, log, now);
    const shared = { store, recordings, maxAgeMs, fullEveryMs, now, files, quarantine, work, waitsForAll, log };
    this.#work = work;
    this.#quarantine = quarantine;
    this.#log = log;
    this.#datasets = new Map(datasets.map((name) => [name, new DatasetKeeper({ ...shared, name })]));
  }

  /** The number of parts that the catalog has after the last pass. */
  get registered(): number {
    return [...this.#datasets.values()].reduce((sum, { registered }) => sum + registered, 0);
  }

  /** The bytes of the parts that the catalog lacks. */
  get pendingBytes(): number {
    return [...this.#datasets.values()].reduce((sum, { pendingBytes }) => sum + pendingBytes, 0);
  }

  /** The number of parts that the catalog lacks after the last pass. */
  get pending(): number {
    return [...this.#datasets.values()].reduce((sum, { pending }) => sum + pending, 0);
  }

  /** The recordings without changes in the catalog, as it is unclear which of their parts count. */
  get unclear(): readonly UnclearRecording[] {
    return [...this.#datasets].flatMap(([dataset, { unclear }]) =>
      Array.from(unclear, ([recordingId, { message }]) => ({ dataset, recordingId, reason: message })),
    );
  }

  /** The parts that are not in their dataset, by their keys. */
  get quarantined(): ReadonlyMap<string, QuarantinedPart> {
    return this.#quarantine.parts;
  }

  /**
   * Compares each dataset with the store. A dataset that fails does not stop the others.
   *
   * @throws {RerunError} the error of the catalog or of the store, if all datasets fail
   */
  async pass(catalog: CatalogClient, signal: AbortSignal): Promise<void> {
    const errors: RerunError[] = [];
    for (const [name, dataset] of this.#datasets) {
      const title = `dataset ${name}`;
      try {
        await dataset.pass(catalog, signal);
        this.#work.succeed(title);
      } catch (error) {
        if (signal.aborted) throw error;
        const failure = RerunError.from(error);
        errors.push(failure);
        if (this.#work.fail(title, failure.message) && this.#datasets.size > 1)
          this.#log(`${title}: ${failure.message}`);
      }
    }
    const [error] = errors;
    if (error !== undefined && errors.length === this.#datasets.size) throw error;
  }
}

/** The store, with a call for each answer. */
function noticing(store: ObjectStore, onAnswer: () => void): ObjectStore {
  const noticed = <T>(answer: T): T => {
    onAnswer();
    return answer;
  };
  return {
    url: store.url,
    create: async (...args) => noticed(await store.create(...args)),
    head: async (...args) => noticed(await store.head(...args)),
    read: async (...args) => noticed(await store.read(...args)),
    delete: async (...args) => noticed(await store.delete(...args)),
    async *list(...args) {
      for await (const object of store.list(...args)) yield noticed(object);
      onAnswer();
    },
    ...(store.listFolders === undefined
      ? {}
      : {
          async *listFolders(...args) {
            for await (const folder of store.listFolders?.(...args) ?? []) yield noticed(folder);
            onAnswer();
          },
        }),
  };
}
