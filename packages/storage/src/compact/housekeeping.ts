import { forEachInParallel } from "@rerun-ts/core/util";
import { InParallel } from "../store/in-parallel.ts";
import type { ObjectStore } from "../store/object-store.ts";

const PARALLEL_DELETES = 16;

/** An object to delete. */
export interface NeedlessObject {
  readonly key: string;
  readonly size: number;
}

/** Deletes objects, or counts the objects to delete. */
export class Housekeeping {
  /** The number of deleted objects. */
  objects = 0;
  /** The number of their bytes. */
  bytes = 0;
  /** The number of replacements that became a part of a checkpoint. */
  folded = 0;
  /** Whether nothing is changed. */
  readonly isDryRun: boolean;
  readonly warnings: string[] = [];
  readonly #store: ObjectStore;
  readonly #onDeleted: (key: string) => void;
  readonly #deleting = new InParallel(PARALLEL_DELETES);

  constructor(store: ObjectStore, isDryRun: boolean, onDeleted: (key: string) => void) {
    this.#store = store;
    this.isDryRun = isDryRun;
    this.#onDeleted = onDeleted;
  }

  async delete({ key, size }: NeedlessObject, signal: AbortSignal | undefined): Promise<void> {
    if (!this.isDryRun) await this.#deleting.run(() => this.#store.delete(key, { signal }));
    this.objects++;
    this.bytes += size;
    this.#onDeleted(key);
  }

  /** Deletes several objects at a time. */
  async deleteAll(objects: Iterable<NeedlessObject>, signal: AbortSignal | undefined): Promise<void> {
    await forEachInParallel(objects, PARALLEL_DELETES, (object) => this.delete(object, signal));
  }

  warn(text: string): void {
    this.warnings.push(text);
  }
}
